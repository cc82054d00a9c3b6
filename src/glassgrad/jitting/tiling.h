/* How sums of products over a box become tiles: which dim is their columns, and which their rows.
 *
 * The sums of a tile lie in different slots, so that they can be added to side by side; the
 * products of each sum are added in the order of the places.
 */
#ifndef GG_TILING_H
#define GG_TILING_H

#include "box.h"

/* The instructions of the processor that a file may be compiled for, besides those it has anyway.
 * GG_INLINE: what is called with constants, so that loops can be unrolled.
 */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(_WIN32)
#define GG_MORE_VECTORS
#endif
#if defined(__GNUC__)
#define GG_INLINE inline __attribute__((always_inline))
#define GG_ALIGNED __attribute__((aligned(64)))
#else
#define GG_INLINE inline
#define GG_ALIGNED
#endif

/* Factors of so many terms, and of as many columns as two vectors, are put side by side. */
#define GG_TERMS 128

/* How many bytes the widest vectors have that the processor can add. */
static inline int gg_vector(void) {
#ifdef GG_MORE_VECTORS
    return __builtin_cpu_supports("avx512f") ? 64 : __builtin_cpu_supports("avx2") ? 32 : 16;
#elif defined(__GNUC__)
    return 16;
#else
    return 0;
#endif
}

/* How many numbers of so many bytes a vector had better have for so many columns. */
static inline int gg_wide(int columns, int number) {
    int vector = gg_vector();
    while (vector > 16 && columns * number <= vector / 2)
        vector /= 2;
    return vector ? vector / number : 1;
}

/* Rows and columns of sums, or rows without columns, and how many products each receives. The
 * strides are those of the sums, the first and the second factors, and what sums start from; the
 * second factors are the same for all rows of a tile.
 */
typedef struct {
    int rows, columns, terms;
    int wide; /* how many numbers the vectors have */
    int row[4], column[4], term[4];
    int swapped; /* whether the first factors are those that were named second */
    int paired;  /* whether there is but one row, in which both factors differ by column */
    gg_box walk; /* what remains: the dims around the tiles, with accesses in the same order */
    int folded, free; /* the dims of these along which sums stay are those between */
} gg_tiling;

/* A part of such tiles: as many columns as two vectors have numbers, or fewer. */
typedef struct {
    ptrdiff_t rows, columns, terms;
    ptrdiff_t sum_row, sum_step, start_row, start_step;
    ptrdiff_t first_row, first_term, second_row, second_term;
    int paired;
} gg_panel;

/* Tell whether the dims from `from` on lead an access to another slot at each place of those along
 * which it moves. */
static inline int gg_apart(const gg_box *box, int from, int rank, int k) {
    int reach = 0, used = 0;
    for (;;) {
        int next = -1, least = 0;
        for (int d = from; d < rank; d++) {
            const int stride = abs(box->stride[d][k]);
            if (stride && !(used >> d & 1) && (next < 0 || stride < least)) {
                next = d;
                least = stride;
            }
        }
        if (next < 0)
            return 1;
        if (least <= reach)
            return 0;
        reach += (box->n[next] - 1) * least;
        used |= 1 << next;
    }
}

static inline void gg_surround(gg_tiling *t, int n, const int *stride) {
    gg_box *const walk = &t->walk;
    for (int k = 0; k < 4; k++)
        walk->stride[walk->rank][k] = stride[k];
    walk->n[walk->rank++] = n;
}

/* Make a plan for what is added at the accesses `which`: sums, first and second factors, and what
 * sums start from. Dims along which the order matters are gone backwards, if so wanted. If there is
 * but one sum, there are no rows. `number`: bytes of one.
 */
static inline void gg_tile(
    gg_tiling *t, const gg_box *box, int rank, const int *which, int backwards, int number) {
    int peeled = 0, last = -1, stride[GG_MOST_DIMS][4], base[4], best_column = -1, best_row = -1;
    float total = 1, terms = 1, least = 0;
    while (!gg_apart(box, peeled, rank, which[0]))
        peeled++;
    for (int k = 0; k < 4; k++)
        base[k] = box->base[which[k]];
    for (int d = 0; d < rank; d++) {
        const int n = box->n[d], sum = box->stride[d][which[0]];
        const int turned = backwards && (d < peeled || !sum);
        for (int k = 0; k < 4; k++) {
            stride[d][k] = box->stride[d][which[k]];
            if (turned) {
                base[k] += (n - 1) * stride[d][k];
                stride[d][k] = -stride[d][k];
            }
        }
        if (d >= peeled) {
            total *= (float)n;
            if (!sum)
                last = d;
        }
    }
    if (last >= 0)
        terms = (float)box->n[last];
    for (int d = peeled; d < rank; d++) /* without vectors, nothing need be packed */
        if (stride[d][0] && (best_row < 0 || box->n[d] > box->n[best_row])) {
            least = total / 2 + 30 * total / ((float)box->n[d] * terms);
            best_row = d;
        }
    t->rows = 0;
    if (best_row < 0)
        return;
    t->swapped = !stride[best_row][1];
    t->paired = 0;
    for (int c = peeled; c < rank; c++)
        for (int swapped = 0; swapped < 2; swapped++) {
            const int *const s = stride[c], second = 2 - swapped, both = s[1] && s[2];
            if (!s[0] || (both ? swapped : s[1 + swapped] != 0))
                continue;
            int row = -1;
            for (int d = peeled; d < rank && !both; d++)
                if (d != c && stride[d][0] && !stride[d][second] &&
                    (row < 0 || box->n[d] > box->n[row]))
                    row = d;
            const float columns = (float)box->n[c], rows = row < 0 ? 1 : (float)box->n[row];
            const int wide = gg_wide(box->n[c], number), tiles = (box->n[c] + wide - 1) / wide;
            const float at_once = (rows < 4 ? rows : 4) * (float)(tiles > 1 ? 2 : 1);
            float cost = total / columns * (float)tiles * (at_once < 4 ? 4 / at_once : 1);
            if (s[0] != 1 || box->n[c] % wide)
                cost += 6 * total / (terms < GG_TERMS ? terms : GG_TERMS);
            if (s[second] != 1 || box->n[c] % wide)
                cost += total / rows;
            cost += 30 * total / (rows * columns * terms);
            if (cost < least) {
                least = cost;
                best_column = c;
                best_row = row;
                t->swapped = swapped;
                t->paired = both;
            }
        }
    if (t->swapped)
        for (int d = -1; d < rank; d++) {
            int *const s = d < 0 ? base : stride[d], first = s[1];
            s[1] = s[2];
            s[2] = first;
        }
    t->columns = best_column < 0 ? 0 : box->n[best_column];
    t->rows = best_row < 0 ? 1 : box->n[best_row];
    t->wide = gg_wide(t->columns, number);
    t->terms = last < 0 ? 1 : box->n[last];
    t->walk.rank = 0;
    for (int k = 0; k < 4; k++) {
        t->walk.base[k] = base[k];
        t->column[k] = best_column < 0 ? 0 : stride[best_column][k];
        t->row[k] = best_row < 0 ? 0 : stride[best_row][k];
        t->term[k] = last < 0 ? 0 : stride[last][k];
    }
    /* Those along which the second factors move come first: what is packed is used again. */
    for (int turn = 0; turn < 4; turn++) {
        for (int d = 0; d < rank; d++) {
            const int *const s = stride[d], there = d < peeled ? 0 : !s[0] ? 1 : s[2] ? 2 : 3;
            if (there == turn && d != best_column && d != best_row && d != last)
                gg_surround(t, box->n[d], s);
        }
        if (turn == 0)
            t->folded = t->walk.rank;
        if (turn == 1)
            t->free = t->walk.rank;
    }
}

#endif
