# The types of C for algebra.py when it is compiled.
cimport cython

cdef int ADD, AT_RUN_TIME, BOTH, CONSTANT, COPY, DETACHED, DIV, EITHER, EQ, EXAMPLES, LE, LT, \
    MUL, NEG, NONE, PART, POW, RECIPROCAL, SHARE, SQUARE, SUB, TAKEN, WHERE


@cython.locals(
    r=int, n=int, code=int, known=int, op="int[::1]", a="int[::1]", b="int[::1]", c="int[::1]",
    marks="int[::1]", same="int[::1]", number="double[::1]", factor=double,
)
cpdef simplified(graph, carrying)
