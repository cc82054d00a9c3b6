# The types of C for reversing.py when it is compiled.
cimport cython

cdef int CALL, CHECK, CHECK_EVERY, DOT, END, FIRST, GUARD, MASK, RUN, SECOND, START, SUM, TAKEN


@cython.locals(
    at=int, count=int, op=int, more=int, sizes="int[::1]", per_term="int[::1]", words="int[::1]",
    offsets="int[::1]",
)
cpdef offsets_of(code)


@cython.locals(
    at=int, j=int, k=int, op=int, mask=int, size=int, top=int, checked=int, a=int, step_a=int,
    b=int, step_b=int, sizes="int[::1]", per_term="int[::1]", partials="int[::1]",
    offsets="int[::1]", words="int[::1]", carries="int[::1]", live="int[::1]", made="int[::1]",
)
cpdef reverse_code(code, active, outputs, n_given, seeded)
