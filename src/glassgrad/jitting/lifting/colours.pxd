# The types of C for colours.py when it is compiled.
cimport cython

cdef int ADD, CONSTANT, EXAMPLES, MAXIMUM, MINIMUM, MUL, NONE, PART, TAKEN, _OF_AXIS, _OF_SUMS


@cython.locals(
    n=int, given=int, r=int, code=int, x=int, y=int, z=int, s=int, count=int, previous=int,
    added=int, y_a=int, y_b=int, x_a=int, x_b=int, k0=int, k1=int, k2=int, k3=int,
    axis="int[::1]", product_x=cython.bint, product_y=cython.bint, op="int[::1]", a="int[::1]", b="int[::1]",
    c="int[::1]", of="int[::1]", kind="int[::1]", terms="int[::1]", inner="int[::1]",
    term="int[::1]", before="int[::1]", start="int[::1]", first="int[::1]", marks="int[::1]",
    uses="int[::1]", table="int[::1]", key_0="int[::1]", key_1="int[::1]", key_2="int[::1]",
    key_3="int[::1]", wants_a="int[::1]", wants_b="int[::1]", size=cython.ulonglong,
    place=cython.ulonglong,
)
cpdef coloured(graph, carrying)
