/* Instructions that do many operations at once, for GG_LANES numbers at a time: see boxes.py.
 *
 * To be included by lanes.h, whose names it uses.
 */
#define AT(slot) (v + (size_t)(slot)*GG_LANES)
#define CARD(number, words, result) \
    case number: \
        GG_APART \
        for (int l = 0; l < GG_LANES; l++) \
            out[l] = result; \
        break;

/* EACH: an operation at each place. */
GG_FOR_EACH_PROCESSOR
static int F(each_lanes)(REAL *v, const int *p) {
    gg_box box;
    if (!gg_read(&box, p))
        return GG_UNKNOWN;
    gg_place place = gg_first(&box);
    if (box.places)
        do {
            REAL *const out = AT(place.slot[0]);
            const REAL *const a = AT(place.slot[1]), *const b = AT(place.slot[2]);
            const REAL *const c = AT(place.slot[3]);
            switch (box.op) {
                GG_CARDS_OF_LANES
            default:
                return GG_UNKNOWN;
            }
        } while (gg_next(&box, &place, box.rank));
    return GG_DONE;
}

#undef CARD
#define EVERYWHERE(statement) \
    for (int l = 0; l < GG_LANES; l++) \
        statement;

/* FOLD and CONTRACT: results add up along some dims, from a start. */
GG_FOR_EACH_PROCESSOR
static int F(folded_lanes)(REAL *v, const int *p) {
    gg_box box;
    int n = 1, stride[4];
    if (!gg_read(&box, p))
        return GG_UNKNOWN;
    gg_place place = gg_first(&box);
    if (box.results)
        do
            EVERYWHERE(AT(place.slot[0])[l] = AT(place.slot[1])[l])
        while (gg_next(&box, &place, box.free));
    if (!box.places)
        return GG_DONE;
    const int outer = box.rank > box.free ? gg_row(&box, box.rank, &n, stride) : box.rank;
    place = gg_first(&box);
    do
        for (int chunk = 0; chunk < GG_LANES; chunk += GG_CHUNK) {
            REAL *const out = AT(place.slot[0]) + chunk, sum[GG_CHUNK];
            const REAL *a = AT(place.slot[2]) + chunk, *b = AT(place.slot[3]) + chunk;
            for (int l = 0; l < GG_CHUNK; l++)
                sum[l] = out[l];
            for (int i = 0; i < n; i++) {
                for (int l = 0; l < GG_CHUNK; l++)
                    sum[l] = *p == GG_CONTRACT      ? sum[l] + a[l] * b[l]
                             : box.op == GG_MAXIMUM ? F(maximum)(sum[l], a[l])
                             : box.op == GG_MINIMUM ? F(minimum)(sum[l], a[l])
                                                    : sum[l] + a[l];
                if (i + 1 < n) {
                    a += (ptrdiff_t)stride[2] * GG_LANES;
                    b += (ptrdiff_t)stride[3] * GG_LANES;
                }
            }
            for (int l = 0; l < GG_CHUNK; l++)
                out[l] = sum[l];
        }
    while (gg_next(&box, &place, outer));
    return GG_DONE;
}

/* LOOKUP: each result is one of several numbers; which, says another. */
static int F(looked_up_lanes)(gg_machine *m, const int *p) {
    REAL *const v = (REAL *)m->values;
    gg_box box;
    if (!gg_read(&box, p))
        return GG_UNKNOWN;
    gg_place place = gg_first(&box);
    if (box.places)
        do
            for (int l = 0; l < GG_LANES; l++) {
                const int i = gg_index(AT(place.slot[1])[l], box.op);
                if (i < 0)
                    return gg_no_index(m, place.slot[1], box.op);
                AT(place.slot[0])[l] = AT(place.slot[2] + (ptrdiff_t)i * box.step)[l];
            }
        while (gg_next(&box, &place, box.rank));
    return GG_DONE;
}

/* Run an instruction. */
static int F(many_lanes)(gg_machine *m, const int *p) {
    REAL *const v = (REAL *)m->values;
    switch (*p) {
    case GG_EACH:
        return F(each_lanes)(v, p);
    case GG_LOOKUP:
        return F(looked_up_lanes)(m, p);
    case GG_PICK:
        for (int i = 0; i < p[1] - 3; i++)
            EVERYWHERE(AT(p[2] + i)[l] = AT(p[3 + i])[l])
        return GG_DONE;
    default:
        return F(folded_lanes)(v, p);
    }
}

#undef EVERYWHERE
#undef AT
