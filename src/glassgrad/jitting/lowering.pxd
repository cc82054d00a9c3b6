# The types of C for lowering.py when it is compiled.
cimport cython

cdef int CALL, CHECK, CHECK_EVERY, COPY, DOT, END, GUARD, RUN, TAKEN


@cython.locals(
    j=int, k=int, top=int, checked=int, what=int, first=int, stop=int, width=int, count=int,
    a=int, b=int, step_a=int, step_b=int, even=int, most=int, op="int[::1]", places="int[::1]",
    word="int[::1]", row="int[::1]", begin="int[::1]", reads="int[::1]", code="int[::1]",
    copied="int[::1]",
)
cdef _words(graph, plan, slot, int segment)
