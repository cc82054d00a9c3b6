# The types with which recording.py is compiled.
from glassgrad.engine cimport Value

cdef int CLAMP, CONSTANT, EXAMPLES, FLOAT_POWER, INT_POWER, LEAF, NONE, OPAQUE, PART, \
    TAKEN, WHERE
cdef int _OWN

cdef tuple _reached(list roots, list inputs, long long begin)


cdef class _Rows:
    cdef int[::1] op, a, b, c, scope, row_of
    cdef double[::1] number
    cdef int count
    cdef long long begin
    cdef dict outside, constants
    cdef readonly object graph

    cdef int of(self, Value v) except -1
    cdef int name(self, Value v, int row) except -1
    cdef int add(self, int op, int a, int b, int c, double number, int scope) except -1
    cdef int constant(self, double number, int scope) except -1
    cdef int write(self, Value v) except -1
