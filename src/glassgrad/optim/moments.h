/* From gradients to how far Adam goes, see moments.py: several parameters at once. */
#ifndef GG_MOMENTS_H
#define GG_MOMENTS_H

#include <math.h>
#include <stddef.h>

#include "../vectors.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O3", "no-trapping-math")
#endif

GG_FOR_EACH_PROCESSOR
static void gg_advance(
    double *numbers, const double *gradients, double *averages, double *squares, ptrdiff_t n,
    double rate, double root, double beta1, double beta2, double eps, double decay,
    double shrink) {
    const double w1 = 1 - beta1, w2 = 1 - beta2, rest = 1 - w1;
    GG_APART
    for (ptrdiff_t i = 0; i < n; i++) {
        const double x = numbers[i] * shrink, before = averages[i];
        /* Nothing changes if -0.0 is added, and 1.0 times. */
        const double g = gradients[i] + (decay != 0 ? decay * x : -0.0);
        const double m = w1 < 0.5 ? before + w1 * (g - before) : g - (g - before) * rest;
        const double s = beta2 * squares[i] + w2 * g * g;
        averages[i] = m;
        squares[i] = s;
        numbers[i] = x - rate * m / (sqrt(s) / root + eps);
    }
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

#endif
