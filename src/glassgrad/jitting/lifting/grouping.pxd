# The types of C for grouping.py when it is compiled.
cimport cython

cdef int CONSTANT, NONE


@cython.locals(
    n=int, given=int, r=int, g=int, many=int, op="int[::1]", of="int[::1]", inner="int[::1]",
    slot="int[::1]", group_of="int[::1]", at="int[::1]", rows="int[::1]",
)
cpdef grouped(graph, colours)
