# The types with which recording.py is compiled.
cimport cython

from glassgrad.engine cimport Value

cdef int CLAMP, CONSTANT, EXAMPLES, FLOAT_POWER, INT_POWER, LEAF, NONE, OPAQUE, PART, \
    TAKEN, WHERE
cdef int _OWN


cdef class _Reached:
    cdef int[::1] a, b
    cdef long long begin
    cdef dict known
    cdef int most
    cdef list nodes, older

    @cython.locals(v=Value, i=int, near_a=int, near_b=int)
    cdef int meet_operands(self) except -1
    @cython.locals(k=int)
    cdef int place(self, Value v, int near) except? -1


cdef class _Rows:
    cdef int[::1] op, a, b, c, scope, row_of, row_of_older
    cdef double[::1] number
    cdef int count
    cdef dict constants
    cdef _Reached reached
    cdef readonly list externals
    cdef readonly object graph

    @cython.locals(reached=_Reached, v=Value, i=int, row=int)
    cdef int write_nodes(self) except -1
    cdef int of(self, Value v) except? -1
    cdef int at(self, int place) noexcept
    cdef int name(self, Value v, int row) except -1
    cdef int add(self, int op, int a, int b, int c, double number, int scope) except -1
    cdef int constant(self, double number, int scope) except -1
    cdef int write(self, Value v, int place_a, int place_b) except -1
    cdef int write_many(self, Value v, int place_a, int place_b) except -1
