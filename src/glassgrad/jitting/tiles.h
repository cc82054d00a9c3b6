/* The inner loops of sums of products. To be included for each kind of number and of processor:
 * T(name) for a name of its own, TARGET for what tells the compiler, VECTOR bytes in a vector.
 *
 * A tile of sums stays in registers while its products are added, one after the other: as many
 * rows as ROWS, as many columns as two vectors have numbers. How wide a vector is changes no sum.
 */
#if VECTOR
typedef REAL T(vector) __attribute__((vector_size(VECTOR)));
typedef T(vector) T(loose) __attribute__((aligned(sizeof(REAL)), may_alias));
#else
typedef REAL T(vector), T(loose);
#endif
#define WIDE (VECTOR ? VECTOR / (int)sizeof(REAL) : 1)
#define ROWS 4

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

/* Add the products of a panel: of all rows, and of as many columns as a tile has, or fewer. Where
 * sums lie apart, or are fewer, a tile is copied; else what they start from lies side by side.
 * There must be second factors for all columns.
 */
TARGET static void T(panel)(
    const gg_panel *t, REAL *sums, const REAL *starts, const REAL *first, const REAL *second) {
    const int vectors = t->columns > WIDE ? 2 : 1, full = vectors * WIDE;
    const int apart = t->sum_step != 1 || t->columns < full;
    REAL copy[ROWS * 2 * WIDE];
    for (ptrdiff_t i = 0; i < t->rows; i += ROWS) {
        const int rows = t->rows - i < ROWS ? (int)(t->rows - i) : ROWS;
        const ptrdiff_t row = apart ? 2 * WIDE : t->sum_row;
        const ptrdiff_t from_row = apart ? 2 * WIDE : t->start_row;
        REAL *const to = apart ? copy : sums;
        const REAL *const from = apart ? copy : starts;
        if (apart)
            for (int k = 0; k < rows; k++)
                for (int l = 0; l < full; l++)
                    copy[k * row + l] =
                        starts[k * t->start_row + (l < t->columns ? l : 0) * t->start_step];
        switch (t->paired ? 2 * ROWS + vectors - 1 : 2 * (rows - 1) + vectors - 1) {
        case 0: TILE(1, 1, 0); break;
        case 1: TILE(1, 2, 0); break;
        case 2: TILE(2, 1, 0); break;
        case 3: TILE(2, 2, 0); break;
        case 4: TILE(3, 1, 0); break;
        case 5: TILE(3, 2, 0); break;
        case 6: TILE(4, 1, 0); break;
        case 7: TILE(4, 2, 0); break;
        case 8: TILE(1, 1, 1); break;
        case 9: TILE(1, 2, 1); break;
        }
        if (apart)
            for (int k = 0; k < rows; k++)
                for (int l = 0; l < t->columns; l++)
                    sums[k * t->sum_row + l * t->sum_step] = copy[k * row + l];
        sums += ROWS * t->sum_row;
        starts += ROWS * t->start_row;
        first += ROWS * t->first_row;
    }
}

#undef TILE
#undef ROWS
#undef WIDE
#undef T
#undef TARGET
#undef VECTOR
