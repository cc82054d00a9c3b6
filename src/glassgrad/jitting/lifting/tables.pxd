# The types of C for tables.py when it is compiled.
cimport cython

cdef int NONE


@cython.locals(
    to="int[::1]", operand="int[::1]", members="int[::1]", places="int[::1]", i=int,
)
cpdef fill(table, int at, column, rows, slot, int first, int last)


@cython.locals(
    n=int, i=int, r=int, t=int, k=int, total=int, products=cython.bint, minus_zero=int,
    a="int[::1]", b="int[::1]", slot="int[::1]", rows="int[::1]", kind="int[::1]",
    term="int[::1]", before="int[::1]", terms="int[::1]", start="int[::1]", first_of="int[::1]",
    starts="int[::1]", offsets="int[::1]", table="int[::1]",
)
cpdef terms_of(graph, colours, groups, int first, int last)


@cython.locals(to="int[::1]", slots="int[::1]", begins="int[::1]", i=int)
cpdef nth_terms(table, int at, offsets, int first, int last)


@cython.locals(
    slots="int[::1]", at="int[::1]", total=int, first=int, i=int, j=int, k=int, x=int, y=int,
    same=cython.bint,
)
cpdef cuts_of(table, int width, offsets, int n)
