/* What is known of an instruction that does many operations once it has been read: kept with the
 * machine, so that the next run need not find it out again.
 */
#ifndef GG_PLANS_H
#define GG_PLANS_H

#include "machine.h"
#include "tiling.h"

/* It is of the words that lie there: codes outlive the machine. `boxes`: of an EACH that hands
 * gradients on, how to go through the shares of each operand; of what adds up, where sums start.
 * `tilings`: of what adds up, that of its results; or backwards, those of the gradients of first
 * factors, of second ones, and of where sums start.
 */
typedef struct {
    const int *words;
    gg_box box, *boxes;
    gg_tiling *tilings;
} gg_plan;

/* Which accesses of a box are the sums, their first and second factors, and what sums start from:
 * of results, and of gradients.
 */
static const int gg_results[4] = {0, 2, 3, 1};
static const int gg_shares[3][4] = {{2, 0, 3, 2}, {3, 0, 2, 3}, {1, 0, 3, 1}};

/* Turn a box so that an operand receives its shares from the last row to the first; where these
 * depend on no number, other operands are left out.
 */
static inline void gg_turn(gg_box *box, int operand) {
    for (int k = 1; k < 4; k++)
        if (k != operand && GG_SLOPES_ARE_CONSTANT(box->op))
            gg_leave_out(box, k);
    gg_merge(box);
    for (int d = 0; d + 1 < box->rank; d++)
        gg_flip(box, d);
}

/* Make a plan from what has been read; NULL if memory is lacking. `number`: bytes of one. */
static inline gg_plan *gg_make_plan(const int *words, const gg_box *box, int number) {
    const int kind = *words % GG_MASK, mask = *words / GG_MASK;
    const int adds = (kind == GG_FOLD && box->op == GG_ADD) || kind == GG_CONTRACT;
    const int boxes = !mask ? 0 : kind == GG_EACH ? 2 : adds;
    const int tilings = !adds ? 0 : mask ? 3 : 1;
    gg_plan *const plan = (gg_plan *)calloc(
        1, sizeof(gg_plan) + (size_t)boxes * sizeof(gg_box) + (size_t)tilings * sizeof(gg_tiling));
    if (plan == NULL)
        return NULL;
    plan->words = words;
    plan->box = *box;
    plan->boxes = (gg_box *)(plan + 1);
    plan->tilings = (gg_tiling *)(plan->boxes + boxes);
    for (int k = 0; k < boxes; k++) {
        plan->boxes[k] = *box;
        if (adds)
            gg_leave_out(plan->boxes, 3);
        else
            gg_turn(plan->boxes + k, k + 1);
    }
    if (tilings == 1 && box->places)
        gg_tile(plan->tilings, box, box->rank, gg_results, 0, number);
    for (int k = 0; k < 2 && tilings > 1 && box->places; k++)
        if (mask >> k & 1)
            gg_tile(plan->tilings + k, box, box->rank, gg_shares[k], 1, number);
    if (tilings > 1 && mask & GG_START)
        gg_tile(plan->tilings + 2, plan->boxes, box->free, gg_shares[2], 1, number);
    return plan;
}

/* Where to look first for a plan, among so many places, a power of two. */
static inline unsigned gg_first_place(const int *words, unsigned places) {
    return (unsigned)((size_t)words / sizeof(int)) * 2654435769u >> 8 & (places - 1);
}

static inline void gg_keep(void **plans, unsigned places, gg_plan *plan) {
    unsigned i = gg_first_place(plan->words, places);
    while (plans[i])
        i = (i + 1) & (places - 1);
    plans[i] = plan;
}

/* Make sure that at least half of the places are empty; return whether there is memory. */
static inline int gg_make_place(gg_machine *m) {
    const unsigned places = m->places ? 2 * m->places : 64;
    if (2 * m->n_plans < m->places)
        return 1;
    void **const plans = (void **)calloc(places, sizeof(void *));
    if (plans == NULL)
        return 0;
    for (unsigned i = 0; i < m->places; i++)
        if (m->plans[i])
            gg_keep(plans, places, (gg_plan *)m->plans[i]);
    free(m->plans);
    m->plans = plans;
    m->places = places;
    return 1;
}

/* Find or make the plan of an instruction; return why it can't be had. */
static inline int gg_find_plan(gg_machine *m, const int *words, const gg_plan **found) {
    if (!gg_make_place(m))
        return GG_NO_MEMORY;
    for (unsigned i = gg_first_place(words, m->places); m->plans[i]; i = (i + 1) & (m->places - 1))
        if ((*found = (const gg_plan *)m->plans[i])->words == words)
            return GG_DONE;
    gg_box box;
    if (!gg_read(&box, words))
        return GG_UNKNOWN;
    gg_plan *const plan =
        gg_make_plan(words, &box, m->single ? (int)sizeof(float) : (int)sizeof(double));
    if (plan == NULL)
        return GG_NO_MEMORY;
    gg_keep(m->plans, m->places, plan);
    m->n_plans++;
    *found = plan;
    return GG_DONE;
}

#endif
