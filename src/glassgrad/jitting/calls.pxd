# What calls.py is compiled with.
from glassgrad.engine cimport Value
from glassgrad.jitting cimport forms, kinds, machine, program as programs
from glassgrad.jitting.forms cimport Form
from glassgrad.jitting.program cimport Program, Room


cdef class Family:
    cdef readonly list around
    cdef readonly Form form, keywords
    cdef readonly bint eager
    cdef readonly list variants


cdef class Jitted:
    cdef dict __dict__
    cdef object __weakref__
    cdef readonly object f
    cdef readonly bint exact, check
    cdef readonly object dtype
    cdef readonly tuple _statics
    cdef object _maker, _around, _lock
    cdef readonly dict _families
    cdef Family _last
    cdef int _retraced


cpdef object finish(Program program, Room room, list values)
