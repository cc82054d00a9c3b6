# What compiled code uses of machine.pyx.
from cpython.array cimport array

cdef extern from "jitting/machine.h":
    ctypedef struct gg_machine:
        void *values
        void *gradients
        bint single
        int n_slots
        const int *code
        int n_words
        int at
        int next
        int until
        int back
        int index
        int count
        void *tape

ctypedef gg_machine *Buffer

cdef Buffer new_buffer(object tape, bint single=*) except NULL
cdef void free_buffer(Buffer buffer) noexcept
cdef int forward(Buffer buffer) except -2
cdef int reverse(Buffer buffer, object code) except -1
cdef int put_all(Buffer buffer, int slot, tuple values) except -1
cdef int put_gradients(
    Buffer buffer, array slots, array places, tuple operands, long long number) except -1
cdef int take_gradients(
    Buffer buffer, array slots, array places, tuple operands, long long number,
    bint more) except -1


cdef inline void put(Buffer buffer, int slot, double x) noexcept nogil:
    if buffer.single:
        (<float *>buffer.values)[slot] = <float>x
    else:
        (<double *>buffer.values)[slot] = x


cdef inline double get(Buffer buffer, int slot) noexcept nogil:
    return (<float *>buffer.values)[slot] if buffer.single else (<double *>buffer.values)[slot]


cdef inline void put_gradient(Buffer buffer, int slot, double x) noexcept nogil:
    if buffer.single:
        (<float *>buffer.gradients)[slot] = <float>x
    else:
        (<double *>buffer.gradients)[slot] = x


cdef inline void add_gradient(Buffer buffer, int slot, double x) noexcept nogil:
    if buffer.single:
        (<float *>buffer.gradients)[slot] += <float>x
    else:
        (<double *>buffer.gradients)[slot] += x


cdef inline double take_gradient(Buffer buffer, int slot) noexcept nogil:
    cdef double x
    if buffer.single:
        x = (<float *>buffer.gradients)[slot]
    else:
        x = (<double *>buffer.gradients)[slot]
    put_gradient(buffer, slot, -0.0)
    return x
