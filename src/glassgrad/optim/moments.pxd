# What the compiled updates.py uses in place of moments.py. Here 337 parameters take 1 µs.
from cpython.object cimport PyObject, PyTypeObject
from glassgrad.engine cimport Value


cdef extern from "Python.h":
    Py_ssize_t length_of "PyList_GET_SIZE" (object) noexcept
    PyObject *item_of "PyList_GET_ITEM" (object, Py_ssize_t) noexcept

cdef extern from "optim/moments.h":
    enum:
        BLOCK "GG_BLOCK"
    void gg_advance(
        double *numbers, double *averages, double *squares, Py_ssize_t n, double rate,
        double root, double beta1, double beta2, double eps) noexcept


cdef inline int step(
    list params, double[::1] averages, double[::1] squares, double rate, double root,
    double beta1, double beta2, double eps, double decay, double shrink,
) except -1:
    cdef double numbers[BLOCK]  # first gradients, then how far the parameters go
    cdef Py_ssize_t begin = 0, n = length_of(params), i, count
    cdef PyObject *p
    if averages.shape[0] < n or squares.shape[0] < n:
        raise IndexError("there are fewer averages than parameters")
    while begin < n:
        count = min(n - begin, BLOCK)
        for i in range(count):
            p = item_of(params, begin + i)
            if p.ob_type is not <PyTypeObject *>Value:
                raise TypeError(f"a parameter is a Value, not {<object>p!r}")
            if shrink != 1.0:
                (<Value>p)._data = (<Value>p)._data * shrink
            numbers[i] = (<Value>p)._grad
            if decay != 0.0:
                numbers[i] = numbers[i] + decay * (<Value>p)._data
        gg_advance(
            numbers, &averages[begin], &squares[begin], count, rate, root, beta1, beta2, eps)
        for i in range(count):
            p = item_of(params, begin + i)
            (<Value>p)._data = (<Value>p)._data - numbers[i]
        begin += count
    return 0
