# The types of C for chains.py when it is compiled.
cimport cython

cdef int ADD, DOT, MOST_TERMS, MUL, NONE, SUM


@cython.locals(
    r=int, n=int, row=int, a="int[::1]", b="int[::1]", c="int[::1]", uses="int[::1]",
)
cpdef uses_of(graph)


@cython.locals(
    start=int, k=int, total=int, added=int, before=int, op="int[::1]", a="int[::1]", b="int[::1]",
)
cdef int _used_up(
    graph, int[::1] uses, int[::1] carriers, int n, int first, int product, int count) except -1


@cython.locals(
    r=int, n=int, x=int, y=int, top=int, sure=int, tried=int, ahead=int, done=int, previous=int, added=int, base=int, strict=int,
    product=int, joined=int, first=int, lowest=int, members=int, fits=int, op="int[::1]",
    a="int[::1]", b="int[::1]", kind="int[::1]", term="int[::1]", before="int[::1]",
    start="int[::1]", count="int[::1]", inner="int[::1]", marks="int[::1]", uses="int[::1]",
    rank="int[::1]", low="int[::1]", size="int[::1]",
    rows="int[::1]",
)
cpdef chains_of(graph, carrying, bint exact)
