# The types of C for grouping.py when it is compiled.
cimport cython

cdef int CONSTANT, EXAMPLES, NONE, PART


@cython.locals(to="int[::1]", members="int[::1]", mark="int[::1]", i=int)
cdef _marks_of(rows, int first, int last, marks)


@cython.locals(
    n=int, given=int, r=int, g=int, many=int, op="int[::1]", of="int[::1]", inner="int[::1]",
    slot="int[::1]", step="int[::1]", group_of="int[::1]", at="int[::1]", rows="int[::1]",
)
cpdef grouped(graph, colours)


@cython.locals(
    given=int, r=int, g=int, i=int, first=int, on=int, count=int, op="int[::1]", a="int[::1]",
    b="int[::1]", number="double[::1]", axis="int[::1]", rows="int[::1]", begins="int[::1]",
    slot="int[::1]", step="int[::1]",
)
cdef _place(groups, graph, colours)
