# Written by `make cards`: edit the cards in glassgrad/ops instead.
from libc.math cimport (
    INFINITY, NAN, copysign, fabs as abs, acos, asin, atan, atan2, cos, cosh, erf, exp, expm1, log
    as log_in_c, log1p, pow as pow_in_c, sin, sinh, sqrt, tan, tanh,
)


cdef inline double div(double a, double b) noexcept nogil:
    if b != 0.0:
        return a / b
    return NAN if a == 0.0 or a != a else copysign(INFINITY, a) * copysign(1.0, b)


cdef inline double log(double x) noexcept nogil:
    if x != x or x > 0.0:
        return log_in_c(x)
    return -INFINITY if x == 0.0 else NAN


cdef inline double pow(double a, double b) noexcept nogil:
    if b == 2.0:
        return a * a
    if b == 1.0:
        return a
    if b == 3.0:
        return a * a * a
    if b == -1.0:
        return div(1.0, a)
    return pow_in_c(a, b)


cdef inline double relu(double x) noexcept nogil:
    return 0.0 if x <= 0.0 else x


cdef inline double maximum(double a, double b) noexcept nogil:
    return a if a > b else b if a <= b else a + b


cdef inline double minimum(double a, double b) noexcept nogil:
    return a if a < b else b if a >= b else a + b


cdef inline double clamp(double x, double low, double high) noexcept nogil:
    t1 = low if x < low else x
    return high if t1 > high else t1


cdef inline double square(double x) noexcept nogil:
    return x * x


cdef inline double reciprocal(double x) noexcept nogil:
    return div(1.0, x)


cdef inline double sigmoid(double x) noexcept nogil:
    t1 = exp(-abs(x))
    return div(1.0 if x >= 0.0 else t1, 1.0 + t1)


cdef inline double softplus(double x) noexcept nogil:
    return maximum(x, 0.0) + log1p(exp(-abs(x)))
