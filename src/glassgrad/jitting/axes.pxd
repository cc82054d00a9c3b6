# The types of C for axes.py when it is compiled.
cimport cython

cdef int AT_RUN_TIME, EXAMPLES, NONE, PART, TAKEN


@cython.locals(
    r=int, n=int, x=int, code=int, op="int[::1]", a="int[::1]", b="int[::1]", c="int[::1]",
    axis="int[::1]", number="double[::1]",
)
cpdef axes_of(graph)


@cython.locals(
    r=int, n=int, x=int, which=int, code=int, here=int, op="int[::1]", a="int[::1]",
    b="int[::1]", c="int[::1]", on="int[::1]", unknown="int[::1]", number="double[::1]",
)
cpdef bint keeps_to_axes(graph) except -1


@cython.locals(
    r=int, n=int, given=int, inside=bint, x=int, which=int, op="int[::1]", a="int[::1]",
    b="int[::1]", marks="int[::1]", on="int[::1]", used="int[::1]", partials="int[::1]",
)
cpdef bint keeps_shares(graph, carrying) except -1
