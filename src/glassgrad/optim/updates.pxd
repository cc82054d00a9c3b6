# What updates.py takes from the engine when it is compiled.
from glassgrad cimport kernels
from glassgrad.engine cimport Value
from glassgrad.optim cimport moments


# The loops over numbers that an optimizer keeps: they lie in its arrays side by side.
cpdef int sgd(list[Value] params, double[::1] velocities, double lr, double momentum, bint nesterov, double decay) except -1
cpdef int adam(list[Value] params, double[::1] averages, double[::1] squares, double rate, double root, double beta1, double beta2, double eps, double decay, double shrink) except -1
cpdef int rmsprop(list[Value] params, double[::1] squares, double[::1] velocities, double lr, double alpha, double eps, double momentum) except -1
