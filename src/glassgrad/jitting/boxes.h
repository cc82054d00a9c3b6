/* Instructions that do many operations at once, for one number at a time: boxes.py, faster.
 *
 * To be included after lanes.h, for each kind of number.
 */
#include "each.h"
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
static int F(folded)(REAL *v, const gg_plan *plan, int kind) {
    const gg_box *const box = &plan->box;
    const REAL one = 1;
    if (!box->results)
        return GG_DONE;
    if (kind == GG_FOLD && box->op != GG_ADD)
        return gg_in_parts(F(select), v, box, box->free, 0, GG_QUICK_COST);
    if (box->places)
        F(add_up)(box, box->rank, gg_results, plan->tilings, v, v, kind == GG_FOLD ? &one : v, 0);
    else {
        gg_place place = gg_first(box);
        do
            v[place.slot[0]] = v[place.slot[1]];
        while (gg_next(box, &place, box->free));
    }
    return GG_DONE;
}

/* LOOKUP: each result is one of several numbers; which, says another: often one for a row. */
static int F(looked_up)(gg_machine *m, const gg_box *box) {
    REAL *const v = (REAL *)m->values;
    int n, stride[4];
    const int outer = gg_row(box, box->rank, &n, stride);
    gg_place place = gg_first(box);
    if (box->places)
        do {
            int i = 0;
            for (int l = 0; l < n; l++) {
                const int index = place.slot[1] + l * stride[1];
                i = l && !stride[1] ? i : gg_index(v[index], box->op);
                if (i < 0)
                    return gg_no_index(m, index, box->op);
                v[place.slot[0] + (ptrdiff_t)l * stride[0]] =
                    v[place.slot[2] + (ptrdiff_t)i * box->step + (ptrdiff_t)l * stride[2]];
            }
        } while (gg_next(box, &place, outer));
    return GG_DONE;
}

/* Hand the gradients of what was looked up on, those of the last place first. */
static void F(looked_up_back)(const gg_box *given, const REAL *v, REAL *g) {
    gg_box box = *given;
    int n, stride[4];
    for (int d = 0; d < box.rank; d++)
        gg_flip(&box, d);
    const int outer = gg_row(&box, box.rank, &n, stride);
    gg_place place = gg_first(&box);
    do {
        int i = 0;
        for (int l = 0; l < n; l++) {
            i = l && !stride[1] ? i : gg_index(v[place.slot[1] + l * stride[1]], box.op);
            g[place.slot[2] + (ptrdiff_t)i * box.step + (ptrdiff_t)l * stride[2]] +=
                g[place.slot[0] + (ptrdiff_t)l * stride[0]];
        }
    } while (gg_next(&box, &place, outer));
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
    const gg_plan *plan;
    if (*p == GG_PICK) {
        F(pick)(v, p);
        return GG_DONE;
    }
    int why = gg_find_plan(m, p, &plan);
    if (why != GG_DONE)
        return why;
    if (*p == GG_LOOKUP)
        return F(looked_up)(m, &plan->box);
    if (*p != GG_EACH)
        return F(folded)(v, plan, *p);
    const int raised = gg_raised();
    why = gg_in_parts(F(each), v, &plan->box, plan->box.rank, 0, gg_cost(plan->box.op));
    gg_lower(raised);
    return why;
}

/* Hand the gradients of sums on. */
static void F(folded_back)(const gg_plan *plan, int kind, int mask, const REAL *v, REAL *g) {
    const gg_box *const box = &plan->box;
    const REAL one = 1, *const other = kind == GG_CONTRACT ? v : &one;
    for (int k = 0; k < 2; k++)
        if (mask >> k & 1 && box->places)
            F(add_up)(box, box->rank, gg_shares[k], plan->tilings + k, g, g, other, 1);
    if (mask & GG_START)
        F(add_up)(plan->boxes, box->free, gg_shares[2], plan->tilings + 2, g, g, &one, 1);
}

/* Hand the gradients of the results on, and set them back to -0.0. */
static int F(many_back)(gg_machine *m, const int *p) {
    const REAL *const v = (const REAL *)m->values;
    REAL *const g = (REAL *)m->gradients;
    const int kind = *p % GG_MASK, mask = *p / GG_MASK;
    const gg_plan *plan;
    if (kind == GG_PICK) {
        for (int i = p[1] - 4; i >= 0; i--) {
            g[p[3 + i]] += g[p[2] + i];
            g[p[2] + i] = -(REAL)0.0;
        }
        return GG_DONE;
    }
    const int why = gg_find_plan(m, p, &plan);
    if (why != GG_DONE || !plan->box.results)
        return why;
    if (kind == GG_EACH) {
        const int raised = gg_raised();
        for (int k = 1; k < 3; k++)
            if (mask & k) {
                const gg_box *const box = plan->boxes + k - 1;
                F(shares) job = {v, g, k, mask < 2 * k};
                gg_in_parts(F(each_back), &job, box, box->rank, k, gg_cost(box->op));
            }
        gg_lower(raised);
        if (mask)
            return GG_DONE;
    } else if (kind == GG_LOOKUP)
        F(looked_up_back)(&plan->box, v, g);
    else
        F(folded_back)(plan, kind, mask, v, g);
    F(forget_results)(&plan->box, g);
    return GG_DONE;
}
