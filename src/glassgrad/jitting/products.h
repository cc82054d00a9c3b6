/* Sums of products over boxes, in the order that boxes.py says, for one kind of number.
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

/* Factors of so many terms, and of as many columns as two vectors, are put side by side. */
#define GG_TERMS 128
#define GG_COLUMNS (2 * 64 / (int)sizeof(REAL))

/* Add the products of one sum. */
static void F(add_one)(
    const gg_box *given, int rank, const int *which, REAL *sums, const REAL *first,
    const REAL *second) {
    gg_box box = *given;
    int n, stride[4];
    const int outer = gg_row(&box, rank, &n, stride);
    gg_place place = gg_first(&box);
    REAL sum = sums[place.slot[which[0]]];
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
    for (int r = 0; r < terms; r++, to += width, from += term) {
        for (int l = 0; l < columns; l++)
            to[l] = from[(ptrdiff_t)l * step];
        for (int l = columns; l < width; l++)
            to[l] = to[columns - 1];
    }
}

/* Add products to numbers: at the accesses `which` are the sums, the first and second factors.
 * Those of each sum are added in the order of the places, or backwards. */
static void F(add_products)(
    const gg_box *box, int rank, const int *which, REAL *sums, const REAL *first,
    const REAL *second, int backwards) {
    GG_ALIGNED REAL firsts[GG_TERMS * GG_COLUMNS];
    GG_ALIGNED REAL seconds[GG_TERMS * GG_COLUMNS];
    const int vector = gg_vector(), wide = vector ? vector / (int)sizeof(REAL) : 1;
    gg_tiling t;
    if (!gg_tile(&t, box, rank, which, backwards, wide)) {
        gg_box turned = *box;
        for (int d = 0; d < rank && backwards; d++)
            gg_flip(&turned, d);
        F(add_one)(&turned, rank, which, sums, first, second);
        return;
    }
    const REAL *const f = t.swapped ? second : first, *const s = t.swapped ? first : second;
    const REAL *packed = NULL;
    gg_place place = gg_first(&t.walk);
    do
        for (int c = 0; c < t.columns; c += 2 * wide) {
            const int columns = t.columns - c < 2 * wide ? t.columns - c : 2 * wide;
            const int width = columns > wide ? 2 * wide : wide;
            const int pack_second = columns < width || t.column[2] != 1;
            const int pack_first = t.paired && (columns < width || t.column[1] != 1);
            const int most = pack_first || pack_second ? GG_TERMS : t.terms;
            for (int r = 0; r < t.terms; r += most) {
                const int terms = t.terms - r < most ? t.terms - r : most;
                const REAL *a = f + place.slot[1] + (ptrdiff_t)c * t.column[1];
                const REAL *b = s + place.slot[2] + (ptrdiff_t)c * t.column[2];
                a += (ptrdiff_t)r * t.term[1];
                b += (ptrdiff_t)r * t.term[2];
                gg_panel panel = {
                    t.rows, columns, terms, t.row[0], t.column[0], t.row[1],
                    t.term[1], t.term[2], t.paired,
                };
                if (pack_first) {
                    F(pack)(firsts, a, t.column[1], columns, width, t.term[1], terms);
                    a = firsts;
                    panel.first_term = width;
                }
                if (pack_second) {
                    if (b != packed)
                        F(pack)(seconds, b, t.column[2], columns, width, t.term[2], terms);
                    packed = t.columns <= 2 * wide && t.terms <= most ? b : NULL;
                    b = seconds;
                    panel.second_term = width;
                }
                REAL *const to = sums + place.slot[0] + (ptrdiff_t)c * t.column[0];
#ifdef GG_MORE_VECTORS
                if (vector == 64)
                    F(panel_4)(&panel, to, a, b);
                else if (vector == 32)
                    F(panel_2)(&panel, to, a, b);
                else
#endif
                    F(panel_1)(&panel, to, a, b);
            }
        }
    while (gg_next(&t.walk, &place, t.walk.rank));
}
