/* Large products of matrices, added up by NumPy's BLAS: see blas.py. */
#ifndef GG_BLAS_H
#define GG_BLAS_H

#include <stdint.h>
#include <string.h>

#include "box.h"

#define GG_ROW_BY_ROW 101
#define GG_AS_IT_IS 111
#define GG_TURNED 112

#define GG_GEMM(REAL, name) \
    void(name)(int, int, int, int64_t, int64_t, int64_t, REAL, const REAL *, int64_t, \
               const REAL *, int64_t, REAL, REAL *, int64_t)

/* Its functions for double and for float; NULL before they were found. */
static void *gg_blas[2];

/* Sums in rows and columns, and how many products each receives; how far apart the rows of three
 * matrices lie: of the sums, and of the factors, which may be turned. What moves with the rows of
 * the sums comes first.
 */
typedef struct {
    int rows, columns, terms;
    int row[3], turn[3], which[3];
    int start_row, start_column;
} gg_product;

/* Find how a matrix lies, with one of its dims side by side; return 0 if it does not. */
static inline int gg_lies(const gg_box *box, gg_product *t, int k, int outer, int inner) {
    const int down = box->stride[outer][t->which[k]], across = box->stride[inner][t->which[k]];
    t->turn[k] = across == 1 ? GG_AS_IT_IS : GG_TURNED;
    t->row[k] = across == 1 ? down : across;
    return across == 1 ? down >= box->n[inner] : down == 1 && across >= box->n[outer];
}

/* Read a box whose accesses `which` are as in a sum_job; return whether it is a product of two
 * matrices.
 */
static inline int gg_matrices(gg_product *t, const gg_box *box, const int *which) {
    int dims[8] = {0};
    if (box->rank != 3)
        return 0;
    for (int d = 0; d < 3; d++) {
        const int *const s = box->stride[d];
        dims[(s[which[0]] ? 1 : 0) + (s[which[1]] ? 2 : 0) + (s[which[2]] ? 4 : 0)] = d + 1;
    }
    if (!dims[3] || !dims[5] || !dims[6])
        return 0;
    const int swapped = box->stride[dims[5] - 1][which[0]] != 1;
    const int r = dims[swapped ? 5 : 3] - 1, c = dims[swapped ? 3 : 5] - 1, k = dims[6] - 1;
    t->which[0] = which[0];
    t->which[1] = which[swapped ? 2 : 1];
    t->which[2] = which[swapped ? 1 : 2];
    t->rows = box->n[r];
    t->columns = box->n[c];
    t->terms = box->n[k];
    t->start_row = box->stride[r][which[3]];
    t->start_column = box->stride[c][which[3]];
    return gg_lies(box, t, 0, r, c) && t->turn[0] == GG_AS_IT_IS && gg_lies(box, t, 1, r, k) &&
           gg_lies(box, t, 2, k, c);
}

#endif
