/* What runs a tape: a loop over the words of its code. See tape.py.
 *
 * The same text is compiled for float64 and for float32: for one number at a time (scalar.h), for
 * many lanes at once (lanes.h), and for instructions that do many operations (boxes.h).
 */
#ifndef GG_RUN_H
#define GG_RUN_H

#include <fenv.h>
#include <math.h>
#include <stddef.h>
#if defined(__GNUC__) && defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "../vectors.h"
#include "blas.h"
#include "box.h"
#include "machine.h"
#include "plans.h"
#include "threads.h"
#include "tiling.h"
#include "words.h"

#define GG_LANES 64
#define GG_CHUNK 16

/* Without branches C raises flags where Python raises none, and NumPy would warn of them. */
static inline int gg_raised(void) {
#if defined(__GNUC__) && defined(__x86_64__)
    return _mm_getcsr() & (FE_DIVBYZERO | FE_INVALID); /* without asking the old unit, too */
#else
    return fetestexcept(FE_DIVBYZERO | FE_INVALID);
#endif
}

static inline void gg_lower(int raised) {
    const int since = gg_raised() & ~raised;
    if (since)
        feclearexcept(since);
}

/* Which of n rows a number counts, from 0; -1 for none. */
static inline int gg_index(double number, int n) {
    return number >= 0 && number < n && number == (int)number ? (int)number : -1;
}

/* How much work an operation is, if a product of a tile is 1: quick ones, and those that ask C's
 * library. */
#define GG_QUICK_COST 1
#define GG_SLOW_COST 100

static inline int gg_cost(int op) { return GG_QUICK(op) ? GG_QUICK_COST : GG_SLOW_COST; }

/* No operation traps, so that a choice needs no branch. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O3", "no-trapping-math")
#endif

#define REAL double
#define F(name) gg_##name##_ds
#include "lanes.h"
#include "boxes.h"
#undef F
#define F(name) gg_##name##_d
#define MANY(name) gg_##name##_ds
#include "scalar.h"
#undef MANY
#undef F
#undef REAL

#define REAL float
#define F(name) gg_##name##_fs
#include "lanes.h"
#include "boxes.h"
#undef F
#define F(name) gg_##name##_f
#define MANY(name) gg_##name##_fs
#include "scalar.h"
#undef MANY
#undef F
#undef REAL

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

static inline int gg_forward(gg_machine *m, int end) {
    return m->single ? gg_forward_f(m, end) : gg_forward_d(m, end);
}

static inline int gg_reverse(gg_machine *m, const int *code) {
    return m->single ? gg_reverse_f(m, code) : gg_reverse_d(m, code);
}

static inline void gg_clear(gg_machine *m) {
    if (m->single)
        gg_clear_f(m);
    else
        gg_clear_d(m);
}

static inline int gg_lanes(gg_machine *m) {
    return m->single ? gg_lanes_fs(m) : gg_lanes_ds(m);
}

static inline void gg_load(gg_machine *m, int slot, const char *from, ptrdiff_t step, int n) {
    if (m->single)
        gg_load_fs(m, slot, from, step, n);
    else
        gg_load_ds(m, slot, from, step, n);
}

static inline void gg_store(const gg_machine *m, int slot, double *to, int n) {
    if (m->single)
        gg_store_fs(m, slot, to, n);
    else
        gg_store_ds(m, slot, to, n);
}

#endif
