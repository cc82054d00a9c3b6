/* Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
 *
 * To be included for each kind of number: REAL, with F(name) for its functions. The
 * results first, and then the local derivatives, name_1 and name_2.
 */

static inline REAL F(acos)(REAL x) { return (REAL)acos(x); }

static inline REAL F(asin)(REAL x) { return (REAL)asin(x); }

static inline REAL F(atan)(REAL x) { return (REAL)atan(x); }

static inline REAL F(atan2)(REAL a, REAL b) { return (REAL)atan2(a, b); }

static inline REAL F(cos)(REAL x) { return (REAL)cos(x); }

static inline REAL F(cosh)(REAL x) { return (REAL)cosh(x); }

static inline REAL F(erf)(REAL x) { return (REAL)erf(x); }

static inline REAL F(exp)(REAL x) { return (REAL)exp(x); }

static inline REAL F(expm1)(REAL x) { return (REAL)expm1(x); }

static inline REAL F(log1p)(REAL x) { return (REAL)log1p(x); }

static inline REAL F(sin)(REAL x) { return (REAL)sin(x); }

static inline REAL F(sinh)(REAL x) { return (REAL)sinh(x); }

static inline REAL F(sqrt)(REAL x) { return (REAL)sqrt(x); }

static inline REAL F(tan)(REAL x) { return (REAL)tan(x); }

static inline REAL F(tanh)(REAL x) { return (REAL)tanh(x); }

static inline REAL F(div)(REAL a, REAL b) {
#ifndef LANES
    if (b == 0)
        return (REAL)(a == 0 || a != a ? NAN : copysign(INFINITY, a) * copysign(1, b));
#endif
    return a / b;
}

static inline REAL F(log)(REAL x) {
#ifndef LANES
    if (x <= 0)
        return (REAL)(x == 0 ? -INFINITY : NAN);
#endif
    return (REAL)log(x);
}

static inline REAL F(abs)(REAL x) { return (REAL)fabs(x); }

static inline REAL F(pow)(REAL a, REAL b) {
    return b == 2    ? a * a
           : b == 1  ? a
           : b == 3  ? a * a * a
           : b == -1 ? F(div)(1, a)
                     : (REAL)pow(a, b);
}

/* The product, but 0 where it would be nan and the second factor is 0. */
static inline REAL F(share)(REAL a, REAL b) {
    const REAL share = a * b;
    return share != share && b == 0 ? 0 : share;
}

static inline REAL F(where)(REAL a, REAL b, REAL condition) {
    return condition ? a : b;
}

static inline REAL F(relu)(REAL x) {
    return x <= (REAL)0.0 ? (REAL)0.0 : x;
}

static inline REAL F(maximum)(REAL a, REAL b) {
    return a > b ? a : a <= b ? b : a + b;
}

static inline REAL F(minimum)(REAL a, REAL b) {
    return a < b ? a : a >= b ? b : a + b;
}

static inline REAL F(clamp)(REAL x, REAL low, REAL high) {
    const REAL t1 = x < low ? low : x;
    return t1 > high ? high : t1;
}

static inline REAL F(neg)(REAL x) {
    return -x;
}

static inline REAL F(add)(REAL a, REAL b) {
    return a + b;
}

static inline REAL F(sub)(REAL a, REAL b) {
    return a - b;
}

static inline REAL F(mul)(REAL a, REAL b) {
    return a * b;
}

static inline REAL F(square)(REAL x) {
    return x * x;
}

static inline REAL F(reciprocal)(REAL x) {
    return F(div)((REAL)1.0, x);
}

static inline REAL F(sigmoid)(REAL x) {
    const REAL t1 = F(exp)(-F(abs)(x));
    return F(div)(x >= (REAL)0.0 ? (REAL)1.0 : t1, (REAL)1.0 + t1);
}

static inline REAL F(softplus)(REAL x) {
    return F(maximum)(x, (REAL)0.0) + F(log1p)(F(exp)(-F(abs)(x)));
}

static inline REAL F(where_1)(REAL y, REAL a, REAL b, REAL condition) {
    return condition ? (REAL)1.0 : (REAL)0.0;
}

static inline REAL F(where_2)(REAL y, REAL a, REAL b, REAL condition) {
    return condition ? (REAL)0.0 : (REAL)1.0;
}

static inline REAL F(relu_1)(REAL y, REAL x) {
    return y <= (REAL)0.0 ? (REAL)0.0 : (REAL)1.0;
}

static inline REAL F(maximum_1)(REAL y, REAL a, REAL b) {
    return a < b ? (REAL)0.0 : a == b ? (REAL)0.5 : (REAL)1.0;
}

static inline REAL F(maximum_2)(REAL y, REAL a, REAL b) {
    return a > b ? (REAL)0.0 : a == b ? (REAL)0.5 : (REAL)1.0;
}

static inline REAL F(minimum_1)(REAL y, REAL a, REAL b) {
    return a > b ? (REAL)0.0 : a == b ? (REAL)0.5 : (REAL)1.0;
}

static inline REAL F(minimum_2)(REAL y, REAL a, REAL b) {
    return a < b ? (REAL)0.0 : a == b ? (REAL)0.5 : (REAL)1.0;
}

static inline REAL F(clamp_1)(REAL y, REAL x, REAL low, REAL high) {
    return x >= low && x <= high ? (REAL)1.0 : (REAL)0.0;
}

static inline REAL F(exp_1)(REAL y, REAL x) {
    return y;
}

static inline REAL F(expm1_1)(REAL y, REAL x) {
    return F(exp)(x);
}

static inline REAL F(log_1)(REAL y, REAL x) {
    return F(div)((REAL)1.0, x);
}

static inline REAL F(log1p_1)(REAL y, REAL x) {
    return F(div)((REAL)1.0, (REAL)1.0 + x);
}

static inline REAL F(neg_1)(REAL y, REAL x) {
    return (REAL)-1.0;
}

static inline REAL F(add_1)(REAL y, REAL a, REAL b) {
    return (REAL)1.0;
}

static inline REAL F(add_2)(REAL y, REAL a, REAL b) {
    return (REAL)1.0;
}

static inline REAL F(sub_1)(REAL y, REAL a, REAL b) {
    return (REAL)1.0;
}

static inline REAL F(sub_2)(REAL y, REAL a, REAL b) {
    return (REAL)-1.0;
}

static inline REAL F(mul_1)(REAL y, REAL a, REAL b) {
    return b;
}

static inline REAL F(mul_2)(REAL y, REAL a, REAL b) {
    return a;
}

static inline REAL F(div_1)(REAL y, REAL a, REAL b) {
    return F(div)((REAL)1.0, b);
}

static inline REAL F(div_2)(REAL y, REAL a, REAL b) {
    return F(div)(-y, b);
}

static inline REAL F(pow_1)(REAL y, REAL a, REAL b) {
    return b == (REAL)0.0 ? (REAL)0.0 : b * F(pow)(a, b - (REAL)1.0);
}

static inline REAL F(pow_2)(REAL y, REAL a, REAL b) {
    return a == (REAL)0.0 && b >= (REAL)0.0 ? (REAL)0.0 : y * F(log)(a);
}

static inline REAL F(square_1)(REAL y, REAL x) {
    return (REAL)2.0 * x;
}

static inline REAL F(sqrt_1)(REAL y, REAL x) {
    return F(div)((REAL)0.5, y);
}

static inline REAL F(abs_1)(REAL y, REAL x) {
    return x > (REAL)0.0 ? (REAL)1.0 : x < (REAL)0.0 ? (REAL)-1.0 : (REAL)0.0;
}

static inline REAL F(reciprocal_1)(REAL y, REAL x) {
    return -y * y;
}

static inline REAL F(sinh_1)(REAL y, REAL x) {
    return F(cosh)(x);
}

static inline REAL F(cosh_1)(REAL y, REAL x) {
    return F(sinh)(x);
}

static inline REAL F(tanh_1)(REAL y, REAL x) {
    return (REAL)4.0 * F(sigmoid)((REAL)2.0 * x) * F(sigmoid)((REAL)-2.0 * x);
}

static inline REAL F(sigmoid_1)(REAL y, REAL x) {
    return y * F(sigmoid)(-x);
}

static inline REAL F(softplus_1)(REAL y, REAL x) {
    return F(sigmoid)(x);
}

static inline REAL F(erf_1)(REAL y, REAL x) {
    return (REAL)1.1283791670955126 * F(exp)(-F(square)(x));
}

static inline REAL F(sin_1)(REAL y, REAL x) {
    return F(cos)(x);
}

static inline REAL F(cos_1)(REAL y, REAL x) {
    return -F(sin)(x);
}

static inline REAL F(tan_1)(REAL y, REAL x) {
    return (REAL)1.0 + y * y;
}

static inline REAL F(asin_1)(REAL y, REAL x) {
    return F(div)((REAL)1.0, F(sqrt)(((REAL)1.0 - x) * ((REAL)1.0 + x)));
}

static inline REAL F(acos_1)(REAL y, REAL x) {
    return F(div)((REAL)-1.0, F(sqrt)(((REAL)1.0 - x) * ((REAL)1.0 + x)));
}

static inline REAL F(atan_1)(REAL y, REAL x) {
    return F(div)((REAL)1.0, (REAL)1.0 + x * x);
}

static inline REAL F(atan2_1)(REAL y, REAL a, REAL b) {
    const REAL t1 = a * a + b * b;
    return t1 == (REAL)0.0 ? (REAL)0.0 : F(div)(b, t1);
}

static inline REAL F(atan2_2)(REAL y, REAL a, REAL b) {
    const REAL t1 = a * a + b * b;
    return t1 == (REAL)0.0 ? (REAL)0.0 : F(div)(-a, t1);
}
