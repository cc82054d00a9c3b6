# What surroundings.py is compiled with.


cdef class Surroundings:
    cdef readonly list cells, names, variables
    cpdef bint are(self, list before) except -1


cdef object _contents(object cell)
