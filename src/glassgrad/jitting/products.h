/* Sums of products over boxes, for one kind of number: in the order that boxes.py says, but those
 * left to BLAS.
 *
 * To be included by boxes.h.
 */
#define T(name) F(name##_1)
#define TARGET
#if defined(__GNUC__)
#define VECTOR 16
#else
#define VECTOR 0
#endif
#include "tiles.h"
#ifdef GG_MORE_VECTORS
#define T(name) F(name##_2)
#define TARGET __attribute__((target("avx2")))
#define VECTOR 32
#include "tiles.h"
#define T(name) F(name##_4)
#define TARGET __attribute__((target("avx512f")))
#define VECTOR 64
#include "tiles.h"
#endif

/* Second factors of so many rows are put side by side also where they lie so, because vectors at
 * round addresses are read faster. Columns that lie apart are read so many at once.
 */
#define GG_COLUMNS (2 * 64 / (int)sizeof(REAL))
#define GG_MANY_ROWS 32
#define GG_AT_ONCE 4

/* Add the products of one sum. */
static void F(add_one)(
    const gg_box *given, int rank, const int *which, REAL *sums, const REAL *first,
    const REAL *second, const REAL *starts) {
    gg_box box = *given;
    int n, stride[4];
    const int outer = gg_row(&box, rank, &n, stride);
    gg_place place = gg_first(&box);
    REAL sum = starts[place.slot[which[3]]];
    do {
        const REAL *a = first + place.slot[which[1]], *b = second + place.slot[which[2]];
        for (int i = 0; i < n; i++, a += stride[which[1]], b += stride[which[2]])
            sum += *a * *b;
    } while (gg_next(&box, &place, outer));
    sums[place.slot[which[0]]] = sum;
}

/* Put the factors of columns side by side, term by term; the last once more where columns lack. */
static void F(pack)(
    REAL *to, const REAL *from, int step, int columns, int width, int term, int terms) {
    if (step == 1 && columns == width) {
        for (int r = 0; r < terms; r++, to += width, from += term)
            for (int l = 0; l < width; l++)
                to[l] = from[l];
        return;
    }
    for (int l = 0; l < width; l += GG_AT_ONCE) {
        const REAL *column[GG_AT_ONCE];
        const int some = width - l < GG_AT_ONCE ? width - l : GG_AT_ONCE;
        for (int k = 0; k < GG_AT_ONCE; k++)
            column[k] = from + (ptrdiff_t)(l + k < columns ? l + k : columns - 1) * step;
        if (some == GG_AT_ONCE)
            for (ptrdiff_t r = 0; r < terms; r++)
                for (int k = 0; k < GG_AT_ONCE; k++)
                    to[r * width + l + k] = column[k][r * term];
        else
            for (ptrdiff_t r = 0; r < terms; r++)
                for (int k = 0; k < some; k++)
                    to[r * width + l + k] = column[k][r * term];
    }
}

/* Add the products of rows that have no columns, of several at once. */
GG_FOR_EACH_PROCESSOR
static void F(add_rows)(
    const gg_tiling *t, REAL *sums, const REAL *starts, ptrdiff_t start_row, const REAL *first,
    const REAL *second) {
    const ptrdiff_t row = t->row[0], a_row = t->row[1], b_row = t->row[2];
    int i = 0;
    for (; i + 8 <= t->rows; i += 8) {
        const REAL *a = first + i * a_row, *b = second + i * b_row;
        REAL sum[8];
        for (int k = 0; k < 8; k++)
            sum[k] = starts[(i + k) * start_row];
        if (b_row)
            for (int r = 0; r < t->terms; r++, a += t->term[1], b += t->term[2])
                for (int k = 0; k < 8; k++)
                    sum[k] += a[k * a_row] * b[k * b_row];
        else
            for (int r = 0; r < t->terms; r++, a += t->term[1], b += t->term[2])
                for (int k = 0; k < 8; k++)
                    sum[k] += a[k * a_row] * *b;
        for (int k = 0; k < 8; k++)
            sums[(i + k) * row] = sum[k];
    }
    for (; i < t->rows; i++) {
        const REAL *a = first + i * a_row, *b = second + i * b_row;
        REAL sum = starts[i * start_row];
        for (int r = 0; r < t->terms; r++, a += t->term[1], b += t->term[2])
            sum += *a * *b;
        sums[i * row] = sum;
    }
}

#define LINE(product) \
    GG_APART \
    for (int l = 0; l < n; l++) \
        sums[l] = starts[l] + (product);

/* Add one product to each sum of a line. */
GG_FOR_EACH_PROCESSOR
static void F(add_line)(
    int n, REAL *sums, ptrdiff_t sum, const REAL *starts, ptrdiff_t start, const REAL *first,
    ptrdiff_t a, const REAL *second, ptrdiff_t b) {
    const REAL x = *first, y = *second;
    if (sum == 1 && start == 1 && a == 0 && b == 0)
        LINE(x * y)
    else if (sum == 1 && start == 1 && a == 1 && b == 0)
        LINE(first[l] * y)
    else if (sum == 1 && start == 1 && a == 0 && b == 1)
        LINE(x * second[l])
    else if (sum == 1 && start == 1 && a == 1 && b == 1)
        LINE(first[l] * second[l])
    else
        for (int l = 0; l < n; l++)
            sums[l * sum] = starts[l * start] + first[l * a] * second[l * b];
}

#undef LINE

/* Copy what sums start from to where they are. */
static void F(copy)(const gg_panel *t, REAL *sums, const REAL *starts) {
    for (ptrdiff_t i = 0; i < t->rows; i++)
        for (ptrdiff_t l = 0; l < t->columns; l++)
            sums[i * t->sum_row + l * t->sum_step] = starts[i * t->start_row + l * t->start_step];
}

/* What to add, and how the whole of it is tiled: at the accesses `which` are the sums, the first and
 * second factors, and, where the sums are, what these start from.
 */
typedef struct {
    const gg_box *whole;
    const gg_tiling *tiling;
    int rank, backwards;
    const int *which;
    REAL *sums;
    const REAL *first, *second;
} F(sum_job);

/* Add products to numbers. Those of each are added in the order of the places, or backwards. */
static int F(add_products)(void *job, const gg_box *box) {
    const F(sum_job) *const given = (const F(sum_job) *)job;
    const int rank = given->rank, backwards = given->backwards, *const which = given->which;
    REAL *const sums = given->sums;
    const REAL *const starts = sums, *const first = given->first, *const second = given->second;
    GG_ALIGNED REAL firsts[GG_TERMS * GG_COLUMNS];
    GG_ALIGNED REAL seconds[GG_TERMS * GG_COLUMNS];
    REAL row[GG_COLUMNS];
    gg_tiling own;
    const gg_tiling *t = given->tiling;
    if (box != given->whole) {
        gg_tile(&own, box, rank, which, backwards, sizeof(REAL));
        t = &own;
    }
    if (!t->rows) {
        gg_box turned = *box;
        for (int d = 0; d < rank && backwards; d++)
            gg_flip(&turned, d);
        F(add_one)(&turned, rank, which, sums, first, second, starts);
        return GG_DONE;
    }
    const REAL *const f = t->swapped ? second : first, *const s = t->swapped ? first : second;
    const REAL *packed = NULL;
    const int wide = t->wide, n = t->columns ? t->columns : t->rows;
    const int *const line = t->terms > 1 || (t->columns && t->rows > 1) ? NULL
                            : t->columns                                ? t->column
                                                                        : t->row;
    gg_place place = gg_first(&t->walk);
    do {
        int begun = 0;
        for (int d = t->folded; d < t->free; d++)
            begun |= place.at[d] != 0;
        const REAL *const begin = begun ? sums + place.slot[0] : starts + place.slot[3];
        const REAL *const x = f + place.slot[1], *const y = s + place.slot[2];
        if (line)
            F(add_line)(
                n, sums + place.slot[0], line[0], begin, line[begun ? 0 : 3], x, line[1], y,
                line[2]);
        else if (!t->columns)
            F(add_rows)(t, sums + place.slot[0], begin, t->row[begun ? 0 : 3], x, y);
        for (int c = 0; c < t->columns && !line; c += 2 * wide) {
            const int columns = t->columns - c < 2 * wide ? t->columns - c : 2 * wide;
            const int width = columns > wide ? 2 * wide : wide;
            const int pack_second = columns < width || t->column[2] != 1 || t->rows >= GG_MANY_ROWS;
            const int pack_first = t->paired && (columns < width || t->column[1] != 1);
            const int most = pack_first || pack_second ? GG_TERMS : t->terms;
            for (int r = 0; r < t->terms; r += most) {
                const int terms = t->terms - r < most ? t->terms - r : most;
                const REAL *a = f + place.slot[1] + (ptrdiff_t)c * t->column[1];
                const REAL *b = s + place.slot[2] + (ptrdiff_t)c * t->column[2];
                a += (ptrdiff_t)r * t->term[1];
                b += (ptrdiff_t)r * t->term[2];
                REAL *const to = sums + place.slot[0] + (ptrdiff_t)c * t->column[0];
                const REAL *from = to;
                gg_panel panel = {
                    t->rows, columns, terms, t->row[0], t->column[0], t->row[0], t->column[0],
                    t->row[1], t->term[1], t->row[2], t->term[2], t->paired,
                };
                if (!begun && r == 0) {
                    from = starts + place.slot[3] + (ptrdiff_t)c * t->column[3];
                    panel.start_row = t->row[3];
                    panel.start_step = t->column[3];
                    if (t->column[3] != 1 && t->row[3] == 0) {
                        F(pack)(row, from, t->column[3], columns, columns, 0, 1);
                        from = row;
                        panel.start_step = 1;
                    } else if (t->column[3] != 1) {
                        F(copy)(&panel, to, from);
                        from = to;
                        panel.start_row = t->row[0];
                        panel.start_step = t->column[0];
                    }
                }
                if (pack_first) {
                    F(pack)(firsts, a, t->column[1], columns, width, t->term[1], terms);
                    a = firsts;
                    panel.first_term = width;
                }
                if (pack_second) {
                    if (b != packed)
                        F(pack)(seconds, b, t->column[2], columns, width, t->term[2], terms);
                    packed = t->columns <= 2 * wide && t->terms <= most ? b : NULL;
                    b = seconds;
                    panel.second_term = width;
                }
#ifdef GG_MORE_VECTORS
                if (wide == 64 / (int)sizeof(REAL))
                    F(panel_4)(&panel, to, from, a, b);
                else if (wide == 32 / (int)sizeof(REAL))
                    F(panel_2)(&panel, to, from, a, b);
                else
#endif
                    F(panel_1)(&panel, to, from, a, b);
            }
        }
    } while (gg_next(&t->walk, &place, t->walk.rank));
    return GG_DONE;
}

/* Let BLAS add products to numbers, in an order of its own; return whether it did. */
static int F(add_by_blas)(
    const gg_box *box, const int *which, REAL *sums, const REAL *first, const REAL *second) {
    GG_GEMM(REAL, *const multiply) = gg_blas[sizeof(REAL) == sizeof(float)];
    gg_product t;
    if (multiply == NULL || !gg_matrices(&t, box, which))
        return 0;
    const REAL *const a = t.which[1] == which[1] ? first : second;
    const REAL *const b = t.which[1] == which[1] ? second : first;
    REAL *const c = sums + box->base[which[0]];
    if (which[3] != which[0]) {
        const REAL *const from = sums + box->base[which[3]];
        for (ptrdiff_t i = 0; i < t.rows; i++)
            if (i && !t.start_row)
                memcpy(c + i * t.row[0], c, (size_t)t.columns * sizeof(REAL));
            else
                for (ptrdiff_t l = 0; l < t.columns; l++)
                    c[i * t.row[0] + l] = from[i * t.start_row + l * t.start_column];
    }
    multiply(
        GG_ROW_BY_ROW, t.turn[1], t.turn[2], t.rows, t.columns, t.terms, 1,
        a + box->base[t.which[1]], t.row[1], b + box->base[t.which[2]], t.row[2], 1, c, t.row[0]);
    return 1;
}

/* Add products to numbers, see add_products. */
static void F(add_up)(
    const gg_box *box, int rank, const int *which, const gg_tiling *tiling, REAL *sums,
    const REAL *first, const REAL *second, int backwards) {
    if (box->op == GG_MATMUL && F(add_by_blas)(box, which, sums, first, second))
        return;
    F(sum_job) job = {box, tiling, rank, backwards, which, sums, first, second};
    gg_in_parts(F(add_products), &job, box, rank, which[0], 1);
}
