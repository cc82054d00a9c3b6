# What compiled modules use in place of arrays.py. Here 337 parameters take half a µs.
from cpython.array cimport array, clone
from cpython.object cimport PyObject, PyTypeObject
from glassgrad.engine cimport Value


cdef extern from *:
    """
    /* Loops over numbers side by side are to be vectors. */
    #if defined(__GNUC__) && !defined(__clang__)
    #pragma GCC optimize("O3")
    #endif
    #include <stdint.h>
    #include <string.h>
    /* Where the exponent has all of its 11 bits, adding 1 carries into the twelfth. */
    static inline int gg_all_finite(const double *x, Py_ssize_t n) {
        uint64_t carried = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            uint64_t bits;
            memcpy(&bits, x + i, sizeof bits);
            carried |= (bits >> 52 & 0x7ff) + 1;
        }
        return !(carried & 0x800);
    }
    """
    bint gg_all_finite(const double *x, Py_ssize_t n) noexcept


cdef extern from "Python.h":
    Py_ssize_t length_of "PyList_GET_SIZE" (object) noexcept
    PyObject *item_of "PyList_GET_ITEM" (object, Py_ssize_t) noexcept


cdef inline array of_length(array like, Py_ssize_t n):
    return clone(like, n, False)


cdef inline double *doubles(array numbers) except? NULL:
    if numbers.ob_descr.typecode != c'd':
        raise TypeError("the numbers of an optimizer are an array of doubles")
    return numbers.data.as_doubles


cdef inline int *wholes(array numbers) except? NULL:
    if numbers.ob_descr.typecode != c'i':
        raise TypeError("whole numbers are an array of ints")
    return numbers.data.as_ints


cdef inline int read(list params, array numbers, array gradients) except -1:
    cdef double *x = numbers.data.as_doubles
    cdef double *g = gradients.data.as_doubles
    cdef PyObject *p
    cdef Py_ssize_t i
    for i in range(length_of(params)):
        p = item_of(params, i)
        if p.ob_type is not <PyTypeObject *>Value:
            raise TypeError(f"a parameter is a Value, not {<object>p!r}")
        x[i] = (<Value>p)._data
        g[i] = (<Value>p)._grad
    return 0


cdef inline int clear(list params) except -1:
    cdef PyObject *p
    cdef Py_ssize_t i
    for i in range(length_of(params)):
        p = item_of(params, i)
        if p.ob_type is not <PyTypeObject *>Value:
            raise TypeError(f"a parameter is a Value, not {<object>p!r}")
        (<Value>p)._grad = 0.0
        (<Value>p)._mark = 0
    return 0


cdef inline int write(array numbers, list params) except -1:
    cdef double *x = numbers.data.as_doubles
    cdef Py_ssize_t i
    for i in range(length_of(params)):
        (<Value>item_of(params, i))._data = x[i]
    return 0


cdef inline int read_numbers(list params, array numbers) except -1:
    cdef double *x = numbers.data.as_doubles
    cdef Py_ssize_t i
    for i in range(length_of(params)):
        x[i] = (<Value>item_of(params, i))._data
    return 0


cdef inline int write_all(array numbers, array gradients, array reached, list params) except -1:
    cdef double *x = numbers.data.as_doubles
    cdef double *g = gradients.data.as_doubles
    cdef int *marks = reached.data.as_ints
    cdef Py_ssize_t i
    for i in range(length_of(params)):
        (<Value>item_of(params, i))._data = x[i]
        (<Value>item_of(params, i))._grad = g[i]
        (<Value>item_of(params, i))._mark = marks[i]
    return 0


cdef inline bint all_finite(array numbers) noexcept:
    return gg_all_finite(numbers.data.as_doubles, len(numbers))


cdef inline double quotient(double a, double b) noexcept:
    return a / b
