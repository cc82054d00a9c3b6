# What surroundings.py is compiled with.


cdef class Surroundings:
    cdef readonly list cells, names, variables
    cpdef bint are(self, list before) except -1


cpdef object contents(object cell)
