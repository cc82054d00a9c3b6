# What forms.py is compiled with.
from glassgrad.engine cimport Value
from glassgrad.jitting cimport kinds, machine
from glassgrad.jitting.statics cimport is_number, same_thing


cdef class Form:
    cdef readonly int kind, size, place, slot
    cdef readonly object type, shape, value
    cdef readonly list parts, keys
    cdef readonly bint flat


cdef int fill(Form form, object x, machine.Buffer buffer, int slot, list values) except -2
cdef int _fill_numbers(Form form, list items, machine.Buffer buffer, int slot, list values) except -2
cdef bint _is_static(Form form, object x) except -1
cdef int _fill_array(Form form, object x, machine.Buffer buffer, int slot, list values) except -2
cdef object build_numbers(Form form, machine.Buffer buffer)
cpdef object build(Form form, list made)
cpdef object assembled(Form form, list parts)
