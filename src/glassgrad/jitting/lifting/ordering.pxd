# The types of C for ordering.py when it is compiled.
cimport cython

cdef int EXAMPLES, NONE, PART, TAKEN


@cython.locals(
    times="int[::1]", members="int[::1]", kind="int[::1]", term="int[::1]", before="int[::1]",
    first="int[::1]", terms="int[::1]", i=int, r=int, k=int, p=int, many=int, start=int,
)
cdef int _passes(when, colours, rows, int at, int count, int clock) except -1


@cython.locals(
    times="int[::1]", kind="int[::1]", term="int[::1]", before="int[::1]", first="int[::1]",
    terms="int[::1]", r=int, k=int, p=int, many=int,
)
cdef int _one(when, colours, int row, int clock) except -1


@cython.locals(
    n=int, given=int, r=int, x=int, which=int, time=int, op="int[::1]", a="int[::1]",
    b="int[::1]", marks="int[::1]", times="int[::1]", kind="int[::1]", start="int[::1]",
    term="int[::1]", before="int[::1]", last="int[::1]", partials="int[::1]",
)
cdef bint _rises(graph, carrying, colours, when) except -1
