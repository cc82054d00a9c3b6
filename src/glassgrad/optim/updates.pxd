# What updates.py takes from the engine when it is compiled.
cimport cython
from cpython.array cimport array
from glassgrad cimport kernels
from glassgrad.engine cimport Value
from glassgrad.optim cimport arrays, moments


cdef array _EMPTY


# The loops over numbers side by side: those of parameters, and those that an optimizer keeps.
cpdef tuple gather(list[Value] params)
cpdef int scatter(array numbers, list[Value] params) except -1

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, x="double *", grads="double *", v="double *")
cpdef int sgd(array numbers, array gradients, array velocities, double lr, double momentum, bint nesterov, double decay) except -1

@cython.locals(n=Py_ssize_t)
cpdef int adam(array numbers, array gradients, array averages, array squares, double rate, double root, double beta1, double beta2, double eps, double decay, double shrink) except -1

@cython.locals(i=Py_ssize_t, n=Py_ssize_t, x="double *", grads="double *", s="double *", v="double *")
cpdef int rmsprop(array numbers, array gradients, array squares, array velocities, double lr, double alpha, double eps, double momentum) except -1

cdef Py_ssize_t _length(array numbers, array one, array other) except -1
