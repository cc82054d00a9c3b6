# The types of C for instructions.py when it is compiled.
cimport cython

cdef int AT_RUN_TIME, CALL, CONSTANT, DOT, GUARD, LEAF, TAKEN


@cython.locals(
    r=int, n=int, j=int, top=int, code=int, width=int, last=int, t=int, k=int, added=int,
    swap=int, op="int[::1]", a="int[::1]", b="int[::1]", c="int[::1]", kind="int[::1]",
    term="int[::1]", before="int[::1]", start="int[::1]", count="int[::1]", inner="int[::1]",
    marks="int[::1]", word="int[::1]", row="int[::1]", begin="int[::1]", reads="int[::1]",
    copied="int[::1]", costly="int[::1]", first="int[::1]",
)
cpdef instructions_of(graph, carrying, bint exact)
