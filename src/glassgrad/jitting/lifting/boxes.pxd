# The types of C for boxes.py when it is compiled.
cimport cython


@cython.locals(
    slots="int[::1]", i=int, j=int, x=int, y=int, usual=int, votes=int, same=cython.bint,
)
cdef int _usual_step(table, int width, int n) except -1


@cython.locals(
    slots="int[::1]", begins="int[::1]", i=int, j=int, x=int, y=int, top=int,
)
cdef _runs(table, int width, int n, int usual)


@cython.locals(
    slots="int[::1]", made="int[::1]", at="int[::1]", i=int, j=int, many=int,
)
cdef _starts(table, int width, int n, begins, int first, int last)
