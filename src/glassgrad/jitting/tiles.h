/* The inner loops of sums of products. To be included for each kind of number and of processor:
 * T(name) for a name of its own, TARGET for what tells the compiler, VECTOR bytes in a vector.
 *
 * A tile of sums stays in registers while its products are added, one after the other. A panel is
 * two vectors wide; its tiles are as wide, or half as wide with more rows, as the processor has
 * registers. How wide the vectors are changes no sum.
 */
#if VECTOR
typedef REAL T(vector) __attribute__((vector_size(VECTOR)));
typedef T(vector) T(loose) __attribute__((aligned(sizeof(REAL)), may_alias));
#else
typedef REAL T(vector), T(loose);
#endif
#define WIDE (VECTOR ? VECTOR / (int)sizeof(REAL) : 1)
#if VECTOR == 64 /* measured: 55 GFLOP/s, and 45 with 4 rows of two vectors */
#define ROWS 8
#define ABREAST 1
#else
#define ROWS 4
#define ABREAST 2
#endif

/* Add the products of a tile: row by row the first factors, and for all rows the same second ones;
 * or where they are `paired`, a first factor for each second one.
 */
TARGET static GG_INLINE void T(tile)(
    const int rows, const int vectors, const int paired, REAL *sums, ptrdiff_t row,
    const REAL *starts, ptrdiff_t start_row, const REAL *first, ptrdiff_t first_row,
    ptrdiff_t first_term, const REAL *second, ptrdiff_t second_term, ptrdiff_t terms) {
    T(vector) sum[ROWS][2];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < vectors; j++)
            sum[i][j] = *(const T(loose) *)(starts + i * start_row + j * WIDE);
    for (ptrdiff_t r = 0; r < terms; r++) {
        for (int j = 0; j < vectors; j++) {
            const T(vector) b = *(const T(loose) *)(second + j * WIDE);
            for (int i = 0; i < rows; i++)
                if (paired)
                    sum[i][j] += *(const T(loose) *)(first + j * WIDE) * b;
                else
                    sum[i][j] += first[i * first_row] * b;
        }
        first += first_term;
        second += second_term;
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < vectors; j++)
            *(T(loose) *)(sums + i * row + j * WIDE) = sum[i][j];
}

#define TILE(rows, vectors, paired) \
    T(tile)(rows, vectors, paired, to, row, from, from_row, first, t->first_row, t->first_term, \
            second, t->second_term, t->terms)

/* Add the products of some rows of a panel, whose tiles are so many vectors wide. */
TARGET static GG_INLINE void T(rows)(
    const int rows, const int abreast, const gg_panel *t, int vectors, REAL *to, ptrdiff_t row,
    const REAL *from, ptrdiff_t from_row, const REAL *first, const REAL *second) {
    if (vectors == 2 && abreast == 2)
        TILE(rows, 2, 0);
    else
        for (; vectors; vectors--, to += WIDE, from += WIDE, second += WIDE)
            TILE(rows, 1, 0);
}

/* Add the products of a panel: of all rows, and of as many columns as two vectors have numbers, or
 * fewer. Where sums lie apart, or are fewer, a tile is copied; else what they start from lies side
 * by side. There must be second factors for all columns.
 */
TARGET static void T(panel)(
    const gg_panel *t, REAL *sums, const REAL *starts, const REAL *first, const REAL *second) {
    const int vectors = t->columns > WIDE ? 2 : 1, full = vectors * WIDE;
    const int few = t->terms < 4; /* then a tile had better be wide */
    const int apart = t->sum_step != 1 || t->columns < full;
    const ptrdiff_t row = apart ? full : t->sum_row, from_row = apart ? full : t->start_row;
    REAL copy[ROWS * 2 * WIDE];
    for (ptrdiff_t left = t->rows; left;) {
        const int rows = left >= ROWS && !few ? ROWS : left >= 4 ? 4 : left >= 2 ? 2 : 1;
        REAL *const to = apart ? copy : sums;
        const REAL *const from = apart ? copy : starts;
        if (apart)
            for (int k = 0; k < rows; k++)
                for (int l = 0; l < full; l++)
                    copy[k * row + l] =
                        starts[k * t->start_row + (l < t->columns ? l : 0) * t->start_step];
        if (t->paired && vectors == 2)
            TILE(1, 2, 1);
        else if (t->paired)
            TILE(1, 1, 1);
        else if (rows > 4)
            T(rows)(ROWS, ABREAST, t, vectors, to, row, from, from_row, first, second);
        else if (rows == 4)
            T(rows)(4, 2, t, vectors, to, row, from, from_row, first, second);
        else if (rows == 2)
            T(rows)(2, 2, t, vectors, to, row, from, from_row, first, second);
        else
            T(rows)(1, 2, t, vectors, to, row, from, from_row, first, second);
        if (apart)
            for (int k = 0; k < rows; k++)
                for (int l = 0; l < t->columns; l++)
                    sums[k * t->sum_row + l * t->sum_step] = copy[k * row + l];
        sums += rows * t->sum_row;
        starts += rows * t->start_row;
        first += rows * t->first_row;
        left -= rows;
    }
}

#undef TILE
#undef ROWS
#undef ABREAST
#undef WIDE
#undef T
#undef TARGET
#undef VECTOR
