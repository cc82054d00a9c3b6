# What the compiled updates.py uses in place of moments.py.
from cpython.array cimport array
from glassgrad.optim.arrays cimport doubles


cdef extern from "optim/moments.h":
    void gg_advance(
        double *numbers, const double *gradients, double *averages, double *squares, Py_ssize_t n,
        double rate, double root, double beta1, double beta2, double eps, double decay,
        double shrink) noexcept


cdef inline int step(
    array numbers, array gradients, array averages, array squares, Py_ssize_t n, double rate,
    double root, double beta1, double beta2, double eps, double decay, double shrink,
) except -1:
    gg_advance(
        doubles(numbers), doubles(gradients), doubles(averages), doubles(squares), n, rate, root,
        beta1, beta2, eps, decay, shrink)
    return 0
