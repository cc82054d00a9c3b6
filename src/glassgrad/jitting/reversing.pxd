# The types of C for reversing.py when it is compiled.
cimport cython

cdef int CALL, CHECK, CHECK_EVERY, DOT, EACH, END, FIRST, GUARD, LOOKUP, MASK, PICK, REPLAY, RUN, SECOND, \
    START, SUM, TAKEN, _PER_COPY


@cython.locals(
    at=int, count=int, op=int, more=int, sizes="int[::1]", per_term="int[::1]", words="int[::1]",
    offsets="int[::1]",
)
cpdef offsets_of(code)


@cython.locals(
    at=int, place=int, copy=int, n_words=int, j=int, k=int, op=int, mask=int, size=int, top=int,
    checked=int, begin=int, following=int, a=int, step_a=int, b=int, step_b=int, sizes="int[::1]",
    per_term="int[::1]", partials="int[::1]", offsets="int[::1]", words="int[::1]",
    carries="int[::1]", live="int[::1]", made="int[::1]",
)
cpdef reverse_code(code, copies, active, outputs, n_given, list borders, seeded)


@cython.locals(
    i=int, n=int, bit=int, arrived=int, mask=int, place=int, carries="int[::1]",
    arrives="int[::1]", slots="int[::1]",
)
cdef _of_many(code, int at, active, live)


@cython.locals(kind=int, size=int, op=int, step=int, rank=int, bit=int, place=int)
cpdef touched(code, int at)


@cython.locals(
    rank=int, count=int, filled=int, d=int, i=int, k=int, words="int[::1]", slots="int[::1]",
)
cdef _distinct(code, int at, int place, int n, int step)
