# What calls.py is compiled with.
from glassgrad cimport engine
from glassgrad.jitting cimport forms, kinds, machine, program as programs
from glassgrad.jitting.forms cimport Form
from glassgrad.jitting.program cimport Program, Room
from glassgrad.jitting.surroundings cimport Surroundings


cdef class Family:
    cdef readonly list around
    cdef readonly Form form, keywords
    cdef readonly bint eager, has_values
    cdef readonly list variants


cdef class Jitted:
    cdef dict __dict__
    cdef object __weakref__
    cdef readonly object f
    cdef readonly bint exact, check
    cdef readonly object dtype
    cdef readonly tuple _statics
    cdef object _maker, _lock
    cdef Surroundings _around
    cdef readonly dict _families
    cdef Family _last
    cdef int _retraced
    cdef bint _is_around(self, Family family) except -1


cpdef object finish(Program program, Room room, list values)
