# What statics.py is compiled with.
cdef class Same:
    cdef readonly Py_hash_t code
    cdef readonly object thing


cpdef bint same_thing(object one, object other) except -1
cpdef bint is_truth(object x) except -1
cpdef bint is_number(object x) except -1
