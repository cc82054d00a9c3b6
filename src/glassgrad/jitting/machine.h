/* A machine: numbers in slots, and where it is in the code of its tape. See tape.py. */
#ifndef GG_MACHINE_H
#define GG_MACHINE_H

#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <malloc.h>
#endif

/* Why a run stopped. */
enum {
    GG_DONE, GG_GUARDED, GG_CALLED, GG_CHECKED, GG_NO_INDEX, GG_REPLAYS, GG_UNKNOWN, GG_NO_MEMORY
};

typedef struct {
    void *values, *gradients; /* a number for each slot: float if `single`, else double */
    int single, n_slots;
    const int *code; /* the forward pass */
    int n_words;
    int at;          /* the word of the instruction that stopped the run */
    int next, until; /* where the forward pass goes on, and up to where it is run again */
    int back;        /* where the reverse code goes on */
    int index, count; /* the slot that counts none of so many rows */
    void *tape;      /* to which the code belongs; it outlives the machine */
    void **plans;    /* of some instructions, see plans.h: among so many places */
    unsigned n_plans, places;
} gg_machine;

/* Say that the number in a slot is no index of so many rows. */
static inline int gg_no_index(gg_machine *m, int slot, int count) {
    m->index = slot;
    m->count = count;
    return GG_NO_INDEX;
}

/* Get memory at an address that vectors like. */
static inline void *gg_new_memory(size_t bytes) {
#ifdef _WIN32
    return _aligned_malloc(bytes, 64);
#else
    void *memory = NULL;
    return posix_memalign(&memory, 64, bytes) ? NULL : memory;
#endif
}

static inline void gg_free_memory(void *memory) {
#ifdef _WIN32
    _aligned_free(memory);
#else
    free(memory);
#endif
}

static inline void gg_free_machine(gg_machine *m) {
    gg_free_memory(m->values);
    gg_free_memory(m->gradients);
    for (unsigned i = 0; i < m->places; i++)
        free(m->plans[i]);
    free(m->plans);
    free(m);
}

/* Make a machine; NULL if memory is lacking. */
static inline gg_machine *gg_new_machine(int n_slots, int single) {
    gg_machine *m = (gg_machine *)calloc(1, sizeof(gg_machine));
    const size_t bytes = ((size_t)n_slots + 1) * (single ? sizeof(float) : sizeof(double));
    if (m == NULL)
        return NULL;
    m->single = single;
    m->n_slots = n_slots;
    m->values = gg_new_memory(bytes);
    m->gradients = gg_new_memory(bytes);
    if (m->values == NULL || m->gradients == NULL) {
        gg_free_machine(m);
        return NULL;
    }
    memset(m->values, 0, bytes);
    return m;
}

#endif
