/* What runs a tape: a loop over the words of its code. See tape.py.
 *
 * The same text is compiled for float64 and for float32: for one number at a time (scalar.h), and
 * for many lanes at once (lanes.h).
 */
#ifndef GG_RUN_H
#define GG_RUN_H

#include <math.h>

#include "machine.h"
#include "words.h"

/* Which of n slots a number points at, from the end if it is negative; -1 for none. */
static inline int gg_index(double number, int n) {
    if (number < 0)
        number += n;
    return number >= 0 && number < n && number == (int)number ? (int)number : -1;
}

/* Library functions set no errno, so that equal calls are made once, and roots in one instruction;
 * no operation traps, so that a choice needs no branch. No number depends on either.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#endif

#define REAL double
#define F(name) gg_##name##_d
#include "scalar.h"
#undef F
#undef REAL

#define REAL float
#define F(name) gg_##name##_f
#include "scalar.h"
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

#endif
