# What the compiled updates.py uses in place of moments.py.
cdef extern from "optim/moments.h":
    void gg_advance(
        double *numbers, const double *gradients, double *averages, double *squares, Py_ssize_t n,
        double rate, double root, double beta1, double beta2, double eps, double decay,
        double shrink) noexcept


cdef inline void step(
    double *numbers, const double *gradients, double *averages, double *squares, Py_ssize_t n,
    double rate, double root, double beta1, double beta2, double eps, double decay, double shrink,
) noexcept:
    gg_advance(
        numbers, gradients, averages, squares, n, rate, root, beta1, beta2, eps, decay, shrink)
