/* EACH, an operation at each place of a box, for one number at a time.
 *
 * To be included by boxes.h, for each kind of number: what is computed is vectors of numbers that
 * lie side by side, or are put so.
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
static int F(each)(void *values, const gg_box *box) {
    REAL *const v = (REAL *)values;
    REAL room[4][GG_BLOCK];
    int n, stride[4];
    const int outer = gg_row(box, box->rank, &n, stride);
    for (int k = box->count; k < 4; k++)
        stride[k] = 1; /* nobody reads there */
    gg_place place = gg_first(box);
    if (box->places)
        do
            for (int i = 0; i < n; i += GG_BLOCK) {
                const int some = n - i < GG_BLOCK ? n - i : GG_BLOCK;
                const REAL *const a = ROW(1, v), *const b = ROW(2, v), *const c = ROW(3, v);
                REAL *const out = v + place.slot[0] + (ptrdiff_t)i * stride[0];
                REAL *const to = stride[0] == 1 ? out : room[0];
                switch (box->op) {
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
        while (gg_next(box, &place, outer));
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

/* Hand to an operand of EACH (1 the first, 2 the second) its shares, along a box that gg_turn made
 * for it; set the gradients of the results back to -0.0 if this is the `last` operand.
 */
GG_FOR_EACH_PROCESSOR
static int F(each_back)(void *job, const gg_box *box) {
    const F(shares) *const given = (const F(shares) *)job;
    const REAL *const v = given->v;
    REAL *const g = given->g;
    const int operand = given->operand, last = given->last;
    REAL room[4][GG_BLOCK], grads[GG_BLOCK], shares[GG_BLOCK], nothing[GG_BLOCK];
    int n, stride[4];
    const int outer = gg_row(box, box->rank, &n, stride);
    if (stride[operand] != 1)
        for (int l = 0; l < n && l < GG_BLOCK; l++)
            nothing[l] = -(REAL)0.0;
    for (int k = 1; k < 4; k++)
        if (k != operand && (k >= box->count || GG_SLOPES_ARE_CONSTANT(box->op)))
            stride[k] = 1; /* nobody reads there */
    gg_place place = gg_first(box);
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
            switch (2 * box->op + operand - 1) {
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
    while (gg_next(box, &place, outer));
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
