/* Instructions that do many operations at once, for one number at a time: boxes.py, faster.
 *
 * To be included after lanes.h, for each kind of number.
 */
#define GG_BLOCK 64

/* Find n numbers of a row side by side, or put them so. */
static inline const REAL *F(gathered)(REAL *to, const REAL *from, int stride, int n) {
    if (stride == 1)
        return from;
    if (stride == 0)
        for (int i = 0; i < n; i++)
            to[i] = *from;
    else
        for (int i = 0; i < n; i++)
            to[i] = from[(ptrdiff_t)i * stride];
    return to;
}

#define ROW(k, x) \
    F(gathered)(room[k], x + place.slot[k] + (ptrdiff_t)i * stride[k], stride[k], some)
#define LOOP(result) \
    GG_APART \
    for (int l = 0; l < some; l++) \
        to[l] = result; \
    break;
#define CARD(number, result) \
    case number: \
        LOOP(result)

#define GG_CARD_1_1(number, name, share) CARD(number, F(name)(a[l]))
#define GG_CARD_2_2(number, name, share) CARD(number, F(name)(a[l], b[l]))
#define GG_CARD_3_1(number, name, share) CARD(number, F(name)(a[l], b[l], c[l]))
#define GG_CARD_3_2(number, name, share) CARD(number, F(name)(a[l], b[l], c[l]))

/* EACH: an operation at each place. */
GG_FOR_EACH_PROCESSOR
static int F(each)(void *values, const gg_box *part) {
    REAL *const v = (REAL *)values;
    REAL room[4][GG_BLOCK];
    gg_box box = *part;
    int n, stride[4];
    const int outer = gg_row(&box, box.rank, &n, stride);
    for (int k = box.count; k < 4; k++)
        stride[k] = 1; /* nobody reads there */
    gg_place place = gg_first(&box);
    if (box.places)
        do
            for (int i = 0; i < n; i += GG_BLOCK) {
                const int some = n - i < GG_BLOCK ? n - i : GG_BLOCK;
                const REAL *const a = ROW(1, v), *const b = ROW(2, v), *const c = ROW(3, v);
                REAL *const out = v + place.slot[0] + (ptrdiff_t)i * stride[0];
                REAL *const to = stride[0] == 1 ? out : room[0];
                switch (box.op) {
                    GG_CARDS
                    CARD(GG_COPY, a[l])
                    CARD(GG_DETACHED, a[l])
                    CARD(GG_SHARE, F(share)(a[l], b[l]))
                    CARD(GG_LT, a[l] < b[l])
                    CARD(GG_LE, a[l] <= b[l])
                    CARD(GG_EQ, a[l] == b[l])
                    CARD(GG_BOTH, a[l] != 0 && b[l] != 0)
                    CARD(GG_EITHER, a[l] != 0 || b[l] != 0)
                default:
                    return GG_UNKNOWN;
                }
                if (to != out)
                    for (int l = 0; l < some; l++)
                        out[(ptrdiff_t)l * stride[0]] = to[l];
            }
        while (gg_next(&box, &place, outer));
    return GG_DONE;
}

#undef GG_CARD_1_1
#undef GG_CARD_2_2
#undef GG_CARD_3_1
#undef GG_CARD_3_2

#define GG_SHARE_OF(partial) grad[l] * (partial)
#define GG_CHOSEN(partial) F(share)(grad[l], partial)
/* The cases of a card: of the first operand, and of the second. */
#define FIRST(number, share) CARD(2 * number, before[l] + (share))
#define SECOND(number, share) CARD(2 * number + 1, before[l] + (share))
#define GG_CARD_1_1(number, name, share) FIRST(number, share(F(name##_1)(y[l], a[l])))
#define GG_CARD_2_2(number, name, share) \
    FIRST(number, share(F(name##_1)(y[l], a[l], b[l]))) \
    SECOND(number, share(F(name##_2)(y[l], a[l], b[l])))
#define GG_CARD_3_1(number, name, share) FIRST(number, share(F(name##_1)(y[l], a[l], b[l], c[l])))
#define GG_CARD_3_2(number, name, share) \
    FIRST(number, share(F(name##_1)(y[l], a[l], b[l], c[l]))) \
    SECOND(number, share(F(name##_2)(y[l], a[l], b[l], c[l])))

typedef struct {
    const REAL *v;
    REAL *g;
    int operand, last;
} F(shares);

/* Hand to an operand of EACH (1 the first, 2 the second) its shares, those of the last first; set
 * the gradients of the results back to -0.0 if this is the `last` operand.
 */
GG_FOR_EACH_PROCESSOR
static int F(each_back)(void *job, const gg_box *part) {
    const F(shares) *const given = (const F(shares) *)job;
    const REAL *const v = given->v;
    REAL *const g = given->g;
    const int operand = given->operand, last = given->last;
    REAL room[4][GG_BLOCK], grads[GG_BLOCK], shares[GG_BLOCK], nothing[GG_BLOCK];
    gg_box box = *part;
    int n, stride[4];
    /* Of some the shares depend on no number. */
    const int alone =
        box.op == GG_ADD || box.op == GG_SUB || box.op == GG_NEG || box.op == GG_COPY;
    for (int k = 1; k < 4 && alone; k++)
        if (k != operand)
            gg_leave_out(&box, k);
    if (alone)
        gg_merge(&box);
    const int outer = gg_row(&box, box.rank, &n, stride);
    if (stride[operand] != 1)
        for (int l = 0; l < n && l < GG_BLOCK; l++)
            nothing[l] = -(REAL)0.0;
    for (int d = 0; d < outer; d++)
        gg_flip(&box, d);
    for (int k = 1; k < 4; k++)
        if (k != operand && (alone || k >= box.count))
            stride[k] = 1; /* nobody reads there */
    gg_place place = gg_first(&box);
    do
        for (int i = (n - 1) / GG_BLOCK * GG_BLOCK; i >= 0; i -= GG_BLOCK) {
            const int some = n - i < GG_BLOCK ? n - i : GG_BLOCK;
            const REAL *const y = ROW(0, v), *const a = ROW(1, v), *const b = ROW(2, v);
            const REAL *const c = ROW(3, v);
            REAL *const out = g + place.slot[0] + (ptrdiff_t)i * stride[0];
            const REAL *const grad = F(gathered)(grads, out, stride[0], some);
            const int step = stride[operand];
            REAL *const q = g + place.slot[operand] + (ptrdiff_t)i * step;
            REAL *const to = step == 1 ? q : shares;
            const REAL *const before = step == 1 ? q : nothing;
            (void)y;
            switch (2 * box.op + operand - 1) {
                GG_CARDS
                FIRST(GG_COPY, grad[l])
                FIRST(GG_SHARE, grad[l] * b[l])
                SECOND(GG_SHARE, grad[l] * a[l])
            }
            if (step == 0) {
                REAL sum = *q;
                for (int l = some - 1; l >= 0; l--)
                    sum += shares[l];
                *q = sum;
            } else if (step != 1)
                for (int l = 0; l < some; l++)
                    q[(ptrdiff_t)l * step] += shares[l];
            if (last && stride[0] == 1)
                for (int l = 0; l < some; l++)
                    out[l] = -(REAL)0.0;
            else if (last)
                for (int l = 0; l < some; l++)
                    out[(ptrdiff_t)l * stride[0]] = -(REAL)0.0;
        }
    while (gg_next(&box, &place, outer));
    return GG_DONE;
}

#undef GG_CARD_1_1
#undef GG_CARD_2_2
#undef GG_CARD_3_1
#undef GG_CARD_3_2
#undef GG_SHARE_OF
#undef GG_CHOSEN
#undef FIRST
#undef SECOND
#undef CARD
#undef LOOP
#undef ROW

#include "products.h"

/* FOLD by MAXIMUM or MINIMUM: as many results at once as there is room for. */
GG_FOR_EACH_PROCESSOR
static int F(select)(void *values, const gg_box *given) {
    REAL *const v = (REAL *)values;
    REAL best[GG_BLOCK];
    gg_box box = *given, folded = *given;
    int n, stride[4];
    const int outer = gg_row(&box, box.free, &n, stride);
    folded.rank -= folded.free;
    for (int d = 0; d < folded.rank; d++) {
        folded.n[d] = box.n[d + box.free];
        for (int k = 0; k < 4; k++)
            folded.stride[d][k] = box.stride[d + box.free][k];
    }
    gg_place place = gg_first(&box);
    do
        for (int i = 0; i < n; i += GG_BLOCK) {
            const int some = n - i < GG_BLOCK ? n - i : GG_BLOCK;
            for (int l = 0; l < some; l++)
                best[l] = v[place.slot[1] + (ptrdiff_t)(i + l) * stride[1]];
            gg_place inner = gg_first(&folded);
            if (box.places)
                do {
                    const REAL *const a = v + place.slot[2] + inner.slot[2] - box.base[2] +
                                          (ptrdiff_t)i * stride[2];
                    if (box.op == GG_MAXIMUM)
                        for (int l = 0; l < some; l++)
                            best[l] = F(maximum)(best[l], a[(ptrdiff_t)l * stride[2]]);
                    else
                        for (int l = 0; l < some; l++)
                            best[l] = F(minimum)(best[l], a[(ptrdiff_t)l * stride[2]]);
                } while (gg_next(&folded, &inner, folded.rank));
            for (int l = 0; l < some; l++)
                v[place.slot[0] + (ptrdiff_t)(i + l) * stride[0]] = best[l];
        }
    while (gg_next(&box, &place, outer));
    return GG_DONE;
}

/* Set the gradients of results back to -0.0. */
GG_FOR_EACH_PROCESSOR
static void F(forget_results)(const gg_box *box, REAL *g) {
    ptrdiff_t lowest = box->base[0], reach = 1;
    for (int d = 0; d < box->free; d++) {
        const ptrdiff_t length = (ptrdiff_t)(box->n[d] - 1) * box->stride[d][0];
        lowest += length < 0 ? length : 0;
        reach += length < 0 ? -length : length;
    }
    if (reach == box->results) { /* as each has its own slot, they fill these */
        for (ptrdiff_t i = 0; i < reach; i++)
            g[lowest + i] = -(REAL)0.0;
        return;
    }
    gg_place place = gg_first(box);
    do
        g[place.slot[0]] = -(REAL)0.0;
    while (gg_next(box, &place, box->free));
}

/* FOLD and CONTRACT: results add up along some dims, from a start. */
static int F(folded)(REAL *v, const gg_box *box, int kind) {
    const REAL one = 1;
    if (!box->results)
        return GG_DONE;
    if (kind == GG_FOLD && box->op != GG_ADD)
        return gg_in_parts(F(select), v, box, box->free, 0, GG_QUICK_COST);
    if (box->places)
        F(add_up)(box, box->rank, (int[]){0, 2, 3, 1}, v, v, kind == GG_FOLD ? &one : v, 0);
    else {
        gg_place place = gg_first(box);
        do
            v[place.slot[0]] = v[place.slot[1]];
        while (gg_next(box, &place, box->free));
    }
    return GG_DONE;
}

/* LOOKUP: each result is one of several numbers; which, says another. */
static int F(looked_up)(gg_machine *m, const gg_box *box) {
    REAL *const v = (REAL *)m->values;
    gg_place place = gg_first(box);
    if (box->places)
        do {
            const int i = gg_index(v[place.slot[1]], box->op);
            if (i < 0)
                return gg_no_index(m, place.slot[1], box->op);
            v[place.slot[0]] = v[place.slot[2] + (ptrdiff_t)i * box->step];
        } while (gg_next(box, &place, box->rank));
    return GG_DONE;
}

/* PICK: numbers from anywhere, put side by side. */
static void F(pick)(REAL *v, const int *p) {
    REAL *const out = v + p[2];
    for (int i = 0; i < p[1] - 3; i++)
        out[i] = v[p[3 + i]];
}

/* Run an instruction. */
static int F(many)(gg_machine *m, const int *p) {
    REAL *const v = (REAL *)m->values;
    gg_box box;
    if (*p == GG_PICK) {
        F(pick)(v, p);
        return GG_DONE;
    }
    if (!gg_read(&box, p))
        return GG_UNKNOWN;
    if (*p == GG_LOOKUP)
        return F(looked_up)(m, &box);
    if (*p != GG_EACH)
        return F(folded)(v, &box, *p);
    const int raised = gg_raised();
    const int why = gg_in_parts(F(each), v, &box, box.rank, 0, gg_cost(box.op));
    gg_lower(raised);
    return why;
}

/* Hand the gradients of the results on, and set them back to -0.0. */
static int F(many_back)(gg_machine *m, const int *p) {
    const REAL one = 1;
    const REAL *const v = (const REAL *)m->values;
    REAL *const g = (REAL *)m->gradients;
    const int kind = *p % GG_MASK, mask = *p / GG_MASK;
    gg_box box;
    if (kind == GG_PICK) {
        for (int i = p[1] - 4; i >= 0; i--) {
            g[p[3 + i]] += g[p[2] + i];
            g[p[2] + i] = -(REAL)0.0;
        }
        return GG_DONE;
    }
    if (!gg_read(&box, p))
        return GG_UNKNOWN;
    if (!box.results)
        return GG_DONE;
    if (kind == GG_EACH) {
        const int raised = gg_raised();
        for (int k = 1; k < 3; k++)
            if (mask & k) {
                F(shares) job = {v, g, k, mask < 2 * k};
                gg_in_parts(F(each_back), &job, &box, box.rank, k, gg_cost(box.op));
            }
        gg_lower(raised);
        if (mask)
            return GG_DONE;
    } else {
        if (kind == GG_LOOKUP) {
            gg_box back = box;
            for (int d = 0; d < back.rank; d++)
                gg_flip(&back, d);
            gg_place place = gg_first(&back);
            do {
                const int i = gg_index(v[place.slot[1]], back.op);
                g[place.slot[2] + (ptrdiff_t)i * back.step] += g[place.slot[0]];
            } while (gg_next(&back, &place, back.rank));
        } else {
            const REAL *const other = kind == GG_CONTRACT ? v : &one;
            if (mask & GG_FIRST && box.places)
                F(add_up)(&box, box.rank, (int[]){2, 0, 3, 2}, g, g, other, 1);
            if (mask & GG_SECOND && box.places)
                F(add_up)(&box, box.rank, (int[]){3, 0, 2, 3}, g, g, v, 1);
            if (mask & GG_START) {
                gg_leave_out(&box, 3);
                F(add_up)(&box, box.free, (int[]){1, 0, 3, 1}, g, g, &one, 1);
            }
        }
    }
    F(forget_results)(&box, g);
    return GG_DONE;
}
