/* An instruction that does many operations at once, read from its words: see tape.py. */
#ifndef GG_BOX_H
#define GG_BOX_H

#include <stddef.h>

#include "words.h"

typedef struct {
    int op, rank, free, count; /* of a LOOKUP, op is the number of rows, and `step` how far apart */
    int step;
    int n[GG_MOST_DIMS];
    /* Where the result lies, and up to three operands: without an operand, all is 0. */
    int base[4], stride[GG_MOST_DIMS][4];
    ptrdiff_t places, results; /* how many there are */
} gg_box;

/* A place in a box: its coordinates, and the slots there. */
typedef struct {
    int at[GG_MOST_DIMS], slot[4];
} gg_place;

/* Make one of two dims next to each other that are one to all accesses; drop those of length 1. */
static inline void gg_merge(gg_box *box) {
    int top = 0, free = 0;
    for (int d = 0; d < box->rank; d++) {
        const int n = box->n[d], *const stride = box->stride[d];
        if (n == 1)
            continue;
        if (top && (d < box->free) == (top <= free)) {
            int *const outer = box->stride[top - 1], same = 1;
            for (int k = 0; k < 4; k++)
                same &= outer[k] == n * stride[k];
            if (same) {
                for (int k = 0; k < 4; k++)
                    outer[k] = stride[k];
                box->n[top - 1] *= n;
                continue;
            }
        }
        for (int k = 0; k < 4; k++)
            box->stride[top][k] = stride[k];
        box->n[top++] = n;
        if (d < box->free)
            free = top;
    }
    box->rank = top;
    box->free = free;
}

/* Read an instruction; return whether it is one. */
static inline int gg_read(gg_box *box, const int *p) {
    const int rank = p[4], *const accesses = p + 5 + rank;
    const int count = (p[1] - 5 - rank) / (1 + rank);
    if (rank > GG_MOST_DIMS || count > 4)
        return 0;
    box->op = p[2];
    box->step = p[3];
    box->rank = rank;
    box->free = *p % GG_MASK == GG_LOOKUP ? rank : p[3];
    box->count = count;
    box->places = box->results = 1;
    for (int d = 0; d < rank; d++) {
        box->n[d] = p[5 + d];
        box->places *= p[5 + d];
        if (d < box->free)
            box->results *= p[5 + d];
    }
    for (int k = 0; k < 4; k++) {
        const int *const access = accesses + k * (1 + rank);
        box->base[k] = k < count ? access[0] : 0;
        for (int d = 0; d < rank; d++)
            box->stride[d][k] = k < count ? access[1 + d] : 0;
    }
    gg_merge(box);
    return 1;
}

/* Go along a dim from its end to its beginning. */
static inline void gg_flip(gg_box *box, int dim) {
    for (int k = 0; k < 4; k++) {
        box->base[k] += (box->n[dim] - 1) * box->stride[dim][k];
        box->stride[dim][k] = -box->stride[dim][k];
    }
}

/* Whether the shares of operands depend on no number. */
#define GG_SLOPES_ARE_CONSTANT(op) \
    ((op) == GG_ADD || (op) == GG_SUB || (op) == GG_NEG || (op) == GG_COPY)

/* Let an access be that of the number in slot 0, everywhere. */
static inline void gg_leave_out(gg_box *box, int k) {
    box->base[k] = 0;
    for (int d = 0; d < box->rank; d++)
        box->stride[d][k] = 0;
}

static inline gg_place gg_first(const gg_box *box) {
    gg_place place;
    for (int d = 0; d < box->rank; d++)
        place.at[d] = 0;
    for (int k = 0; k < 4; k++)
        place.slot[k] = box->base[k];
    return place;
}

/* Go to the next place as far as the dims before `rank` tell it; return whether there is one. */
static inline int gg_next(const gg_box *box, gg_place *place, int rank) {
    for (int d = rank - 1; d >= 0; d--) {
        const int *const stride = box->stride[d], again = ++place->at[d] < box->n[d];
        const int steps = again ? 1 : 1 - box->n[d];
        for (int k = 0; k < 4; k++)
            place->slot[k] += steps * stride[k];
        if (again)
            return 1;
        place->at[d] = 0;
    }
    return 0;
}

/* Split the innermost of some dims off as a row: what is before it is left to be walked. */
static inline int gg_row(const gg_box *box, int rank, int *n, int *stride) {
    *n = rank ? box->n[rank - 1] : 1;
    for (int k = 0; k < 4; k++)
        stride[k] = rank ? box->stride[rank - 1][k] : 1;
    return rank ? rank - 1 : 0;
}

#endif
