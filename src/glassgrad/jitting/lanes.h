/* The machine for GG_LANES numbers at a time, forward only. To be included as scalar.h is.
 *
 * A slot is a block of lanes, side by side, so that one instruction of the processor computes
 * several. A result may lie where an operand lay, but never half on it.
 */
#define LANES
#include "kernels.h"

#define GG_CARD_1_1(number, name, share) CARD(number, 3, F(name)(a[l]))
#define GG_CARD_2_2(number, name, share) CARD(number, 4, F(name)(a[l], b[l]))
#define GG_CARD_3_1(number, name, share) CARD(number, 5, F(name)(a[l], b[l], c[l]))
#define GG_CARD_3_2(number, name, share) CARD(number, 5, F(name)(a[l], b[l], c[l]))
#define GG_CARDS_OF_LANES \
    GG_CARDS \
    CARD(GG_COPY, 3, a[l]) \
    CARD(GG_DETACHED, 3, a[l]) \
    CARD(GG_SHARE, 4, F(share)(a[l], b[l])) \
    CARD(GG_LT, 4, a[l] < b[l]) \
    CARD(GG_LE, 4, a[l] <= b[l]) \
    CARD(GG_EQ, 4, a[l] == b[l]) \
    CARD(GG_BOTH, 4, a[l] != 0 && b[l] != 0) \
    CARD(GG_EITHER, 4, a[l] != 0 || b[l] != 0)

#include "lane_boxes.h"

#define S(k) (v + (size_t)p[k] * GG_LANES)
#define STOP(why) \
    do { \
        m->at = (int)(p - code); \
        return why; \
    } while (0)
#define CARD(number, words, result) \
    case number: { \
        REAL *const out = S(1); \
        const REAL *const a = S(2); \
        const REAL *const b = words > 3 ? S(3) : a, *const c = words > 4 ? S(4) : a; \
        (void)b; \
        (void)c; \
        GG_APART \
        for (int l = 0; l < GG_LANES; l++) \
            out[l] = result; \
        p += words; \
        break; \
    }

/* Add n terms to a block of lanes, in order: as many lanes at once as there are registers for. */
#define ADD_UP(term) \
    REAL *const out = S(1); \
    const REAL *const start = S(2); \
    const int n = p[3]; \
    for (int chunk = 0; chunk < GG_LANES; chunk += GG_CHUNK) { \
        REAL sum[GG_CHUNK]; \
        for (int l = 0; l < GG_CHUNK; l++) \
            sum[l] = start[chunk + l]; \
        for (int i = 0; i < n; i++) { \
            term; \
        } \
        for (int l = 0; l < GG_CHUNK; l++) \
            out[chunk + l] = sum[l]; \
    }
#define ADD_PRODUCT(slot_a, slot_b) \
    const REAL *const a = v + (size_t)(slot_a)*GG_LANES + chunk; \
    const REAL *const b = v + (size_t)(slot_b)*GG_LANES + chunk; \
    for (int l = 0; l < GG_CHUNK; l++) \
        sum[l] += a[l] * b[l]

/* Run the words from m->next to the end. */
GG_FOR_EACH_PROCESSOR
static int F(lanes)(gg_machine *m) {
    REAL *const v = (REAL *)m->values;
    const int *const code = m->code, *p = code + m->next;
    for (;;) {
        switch (*p) {
            GG_CARDS_OF_LANES
        case GG_EACH:
        case GG_FOLD:
        case GG_CONTRACT:
        case GG_LOOKUP:
        case GG_PICK: {
            const int why = F(many_lanes)(m, p);
            if (why != GG_DONE)
                STOP(why);
            p += p[1];
            break;
        }
        case GG_TAKEN: {
            const REAL *const index = S(2);
            for (int l = 0; l < GG_LANES; l++) {
                const int i = gg_index(index[l], p[3]);
                if (i < 0)
                    STOP(gg_no_index(m, p[2], p[3]));
                S(1)[l] = S(4 + i)[l];
            }
            p += 4 + p[3];
            break;
        }
        case GG_DOT: {
            const int *const terms = p + 4;
            ADD_UP(ADD_PRODUCT(terms[2 * i], terms[2 * i + 1]))
            p += 4 + 2 * n;
            break;
        }
        case GG_RUN: {
            ADD_UP(ADD_PRODUCT(p[4] + i * p[5], p[6] + i * p[7]))
            p += 8;
            break;
        }
        case GG_SUM: {
            ADD_UP(const REAL *const a = S(4 + i) + chunk; for (int l = 0; l < GG_CHUNK; l++)
                       sum[l] += a[l])
            p += 4 + n;
            break;
        }
        case GG_GUARD: {
            int fails = 0;
            for (int l = 0; l < GG_LANES; l++)
                fails |= (S(1)[l] != 0) != p[2];
            if (fails)
                STOP(GG_GUARDED);
            p += 3;
            break;
        }
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
}

/* Fill the lanes of a slot with n numbers, so many bytes apart; the rest with the last one. */
static void F(load)(gg_machine *m, int slot, const char *from, ptrdiff_t step, int n) {
    REAL *const to = (REAL *)m->values + (size_t)slot * GG_LANES;
    if (step == sizeof(double))
        for (int l = 0; l < n; l++)
            to[l] = (REAL)((const double *)from)[l];
    else
        for (int l = 0; l < n; l++)
            to[l] = (REAL) * (const double *)(from + l * step);
    for (int l = n; l < GG_LANES; l++)
        to[l] = to[n - 1];
}

/* Copy the first n lanes of a slot. */
static void F(store)(const gg_machine *m, int slot, double *to, int n) {
    const REAL *const from = (const REAL *)m->values + (size_t)slot * GG_LANES;
    for (int l = 0; l < n; l++)
        to[l] = from[l];
}

#undef GG_CARD_1_1
#undef GG_CARD_2_2
#undef GG_CARD_3_1
#undef GG_CARD_3_2
#undef ADD_PRODUCT
#undef ADD_UP
#undef CARD
#undef GG_CARDS_OF_LANES
#undef LANES
#undef S
#undef STOP
