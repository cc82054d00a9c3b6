# The types of C for passes.py when it is compiled.
cimport cython

cdef int ADD, AT_RUN_TIME, BOTH, CONSTANT, COPY, EITHER, EQ, EXAMPLES, FLOAT_POWER, INT_POWER, LEAF, \
    MUL, PART, POW, TAKEN


@cython.locals(
    r=int, op="int[::1]",
)
cpdef prepared(graph)


@cython.locals(
    r=int, n=int, given=int, code=int, op="int[::1]", a="int[::1]", b="int[::1]",
    marks="int[::1]", without="int[::1]",
)
cpdef carrying_of(graph, wants)


@cython.locals(
    r=int, n=int, given=int, operand=int, op="int[::1]", a="int[::1]", b="int[::1]",
    marks="int[::1]", partials="int[::1]", found="int[::1]",
)
cpdef receiving(graph, carrying)


@cython.locals(
    r=int, n=int, code=int, x=int, y=int, z=int, s=int, op="int[::1]", a="int[::1]",
    b="int[::1]", c="int[::1]", left="int[::1]", right="int[::1]", third="int[::1]",
    rows="int[::1]", first="int[::1]", number="double[::1]", size=cython.ulonglong,
    place=cython.ulonglong,
)
cpdef alike(graph)


@cython.locals(
    r=int, n=int, a="int[::1]", b="int[::1]", c="int[::1]", marks="int[::1]", goes="int[::1]",
)
cpdef shared(graph, carrying)


@cython.locals(
    r=int, n=int, given=int, top=int, operand=int, op="int[::1]", a="int[::1]", b="int[::1]",
    c="int[::1]", needed="int[::1]", order="int[::1]",
)
cpdef alive(graph)


@cython.locals(
    r=int, count=int, top=int, op="int[::1]", a="int[::1]", b="int[::1]", c="int[::1]",
    goes="int[::1]", order="int[::1]", scope="int[::1]", new_op="int[::1]", new_a="int[::1]",
    new_b="int[::1]", new_c="int[::1]", new_scope="int[::1]",
    number="double[::1]", new_number="double[::1]",
)
cpdef reordered(graph, rows)


@cython.locals(
    r=int, n=int, given=int, operand=int, op="int[::1]", a="int[::1]", b="int[::1]",
    marks="int[::1]", arrives="int[::1]", partials="int[::1]", found="int[::1]",
)
cpdef uses_of(graph, carrying, receives)
