/* The machine for one number at a time. To be included for each kind of number: REAL, and F(name)
 * for a name of its own; MANY(name) is one of boxes.h. The words of a tape are explained in
 * tape.py.
 */
#include "kernels.h"

#define V(k) v[p[k]]
#define STOP(why) \
    do { \
        m->at = (int)(p - code); \
        return why; \
    } while (0)
#define CARD(number, result, words) \
    case number: \
        V(1) = result; \
        p += words; \
        break;

#define GG_CARD_1_1(number, name, share) CARD(number, F(name)(V(2)), 3)
#define GG_CARD_2_2(number, name, share) CARD(number, F(name)(V(2), V(3)), 4)
#define GG_CARD_3_1(number, name, share) CARD(number, F(name)(V(2), V(3), V(4)), 5)
#define GG_CARD_3_2(number, name, share) CARD(number, F(name)(V(2), V(3), V(4)), 5)

/* Run the words from m->next to `end`. */
static int F(forward)(gg_machine *m, int end) {
    REAL *const v = (REAL *)m->values;
    const int *const code = m->code, *p = code + m->next, *const last = code + end;
    while (p < last) {
        switch (*p) {
            GG_CARDS
            CARD(GG_COPY, V(2), 3)
            CARD(GG_DETACHED, V(2), 3)
            CARD(GG_SHARE, F(share)(V(2), V(3)), 4)
            CARD(GG_LT, V(2) < V(3), 4)
            CARD(GG_LE, V(2) <= V(3), 4)
            CARD(GG_EQ, V(2) == V(3), 4)
            CARD(GG_BOTH, V(2) != 0 && V(3) != 0, 4)
            CARD(GG_EITHER, V(2) != 0 || V(3) != 0, 4)
        case GG_EACH:
        case GG_FOLD:
        case GG_CONTRACT:
        case GG_LOOKUP:
        case GG_PICK: {
            const int why = MANY(many)(m, p);
            if (why != GG_DONE)
                STOP(why);
            p += p[1];
            break;
        }
        case GG_TAKEN: {
            const int i = gg_index(V(2), p[3]);
            if (i < 0)
                STOP(gg_no_index(m, p[2], p[3]));
            V(1) = V(4 + i);
            p += 4 + p[3];
            break;
        }
        case GG_DOT: {
            REAL sum = V(2);
            const int *const begin = p + 4, *const stop = begin + 2 * p[3];
            for (const int *q = begin; q < stop; q += 2)
                sum += v[q[0]] * v[q[1]];
            V(1) = sum;
            p = stop;
            break;
        }
        case GG_RUN: {
            REAL sum = V(2);
            const REAL *a = v + p[4], *b = v + p[6];
            const int n = p[3], step_a = p[5], step_b = p[7];
            for (int i = 0; i < n; i++, a += step_a, b += step_b)
                sum += *a * *b;
            V(1) = sum;
            p += 8;
            break;
        }
        case GG_SUM: {
            REAL sum = V(2);
            const int *const begin = p + 4, *const stop = begin + p[3];
            for (const int *q = begin; q < stop; q++)
                sum += v[*q];
            V(1) = sum;
            p = stop;
            break;
        }
        case GG_GUARD:
            if ((V(1) != 0) != p[2])
                STOP(GG_GUARDED);
            p += 3;
            break;
        case GG_CALL:
            m->next = (int)(p - code) + 4 + p[3];
            STOP(GG_CALLED);
        case GG_CHECK:
            m->next = (int)(p - code) + 1;
            STOP(GG_CHECKED);
        case GG_END:
            return GG_DONE;
        default:
            STOP(GG_UNKNOWN);
        }
    }
    return GG_DONE;
}

#undef GG_CARD_1_1
#undef GG_CARD_2_2
#undef GG_CARD_3_1
#undef GG_CARD_3_2
#undef CARD

#define G(k) g[p[k]]
#define GG_SHARE_OF(k, partial) G(k) += grad * (partial)
/* What was not chosen receives nothing, even of an infinite gradient. */
#define GG_CHOSEN(k, partial) G(k) += F(share)(grad, partial)
#define TAKE \
    const REAL grad = G(1); \
    G(1) = -(REAL)0.0
#define HAND(words, ...) \
    { \
        TAKE; \
        const REAL y = V(1); \
        (void)y; \
        __VA_ARGS__ \
        p += words; \
        break; \
    }
#define TO(k, bit, share, partial) \
    if (mask & bit) \
        share(k, partial);

#define GG_CARD_1_1(number, name, share) \
    case number: \
        HAND(3, TO(2, GG_FIRST, share, F(name##_1)(y, V(2))))
#define GG_CARD_2_2(number, name, share) \
    case number: \
        HAND(4, TO(2, GG_FIRST, share, F(name##_1)(y, V(2), V(3))) \
                TO(3, GG_SECOND, share, F(name##_2)(y, V(2), V(3))))
#define GG_CARD_3_1(number, name, share) \
    case number: \
        HAND(5, TO(2, GG_FIRST, share, F(name##_1)(y, V(2), V(3), V(4))))
#define GG_CARD_3_2(number, name, share) \
    case number: \
        HAND(5, TO(2, GG_FIRST, share, F(name##_1)(y, V(2), V(3), V(4))) \
                TO(3, GG_SECOND, share, F(name##_2)(y, V(2), V(3), V(4))))

/* Hand shares to slots that lie side by side. */
static inline void F(hand_run)(REAL grad, REAL *__restrict g, const REAL *__restrict v, int n) {
    for (int i = 0; i < n; i++)
        g[i] += grad * v[i];
}

/* Make all gradients -0.0, to which any number can be added without changing it. */
static void F(clear)(gg_machine *m) {
    for (int i = 0; i < m->n_slots; i++)
        ((REAL *)m->gradients)[i] = -(REAL)0.0;
}

/* Run reverse code from m->back; forward words in between, where it says so, from m->next. */
static int F(reverse)(gg_machine *m, const int *code) {
    REAL *const v = (REAL *)m->values, *const g = (REAL *)m->gradients;
    const int *p = code + m->back;
    for (;;) {
        const int mask = *p / GG_MASK;
        switch (*p % GG_MASK) {
            GG_CARDS
        case GG_COPY:
            HAND(3, G(2) += grad;)
        case GG_SHARE:
            HAND(4, TO(2, GG_FIRST, GG_SHARE_OF, V(3)) TO(3, GG_SECOND, GG_SHARE_OF, V(2)))
        case GG_EACH:
        case GG_FOLD:
        case GG_CONTRACT:
        case GG_LOOKUP:
        case GG_PICK: {
            const int why = MANY(many_back)(m, p);
            if (why != GG_DONE)
                STOP(why);
            p += p[1];
            break;
        }
        case GG_TAKEN:
            HAND(4 + p[3], G(4 + gg_index(V(2), p[3])) += grad;)
        case GG_DOT: {
            TAKE;
            const int *const begin = p + 4, *const stop = begin + 2 * p[3];
            for (const int *q = stop - 2; q >= begin; q -= 2) {
                const int a = q[0], b = q[1];
                if (mask & GG_FIRST)
                    g[a] += grad * v[b];
                if (mask & GG_SECOND)
                    g[b] += grad * v[a];
            }
            if (mask & GG_START)
                G(2) += grad;
            p = stop;
            break;
        }
        case GG_RUN: {
            TAKE;
            const int n = p[3], step_a = p[5], step_b = p[7];
            const int both = (mask & GG_FIRST) && (mask & GG_SECOND);
            if (step_a == 1 && step_b == 1 && (!both || abs(p[4] - p[6]) >= n)) {
                /* No slot receives two shares, so the order does not matter. */
                if (mask & GG_FIRST)
                    F(hand_run)(grad, g + p[4], v + p[6], n);
                if (mask & GG_SECOND)
                    F(hand_run)(grad, g + p[6], v + p[4], n);
            } else {
                int a = p[4] + n * step_a, b = p[6] + n * step_b;
                for (int i = 0; i < n; i++) {
                    a -= step_a;
                    b -= step_b;
                    if (mask & GG_FIRST)
                        g[a] += grad * v[b];
                    if (mask & GG_SECOND)
                        g[b] += grad * v[a];
                }
            }
            if (mask & GG_START)
                G(2) += grad;
            p += 8;
            break;
        }
        case GG_SUM: {
            TAKE;
            const int *const begin = p + 4, *const stop = begin + p[3];
            if (mask & GG_FIRST)
                for (const int *q = stop - 1; q >= begin; q--)
                    g[*q] += grad;
            if (mask & GG_START)
                G(2) += grad;
            p = stop;
            break;
        }
        case GG_CALL:
            m->back = (int)(p - code) + 4 + p[3];
            STOP(GG_CALLED);
        case GG_CHECK:
            m->back = (int)(p - code) + 1;
            STOP(GG_CHECKED);
        case GG_REPLAY:
            m->next = p[1];
            m->until = p[2];
            m->back = (int)(p - code) + 3;
            return GG_REPLAYS;
        case GG_END:
            return GG_DONE;
        default:
            STOP(GG_UNKNOWN);
        }
    }
}

#undef GG_CARD_1_1
#undef GG_CARD_2_2
#undef GG_CARD_3_1
#undef GG_CARD_3_2
#undef GG_SHARE_OF
#undef GG_CHOSEN
#undef V
#undef G
#undef STOP
#undef TAKE
#undef HAND
#undef TO
