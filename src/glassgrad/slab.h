/* Where compiled Values live.
 *
 * A training step makes the same graph again and again: hundreds of thousands of nodes of one
 * size, freed all at once. Python's allocator would hand their memory back to the system each
 * time, and the system would clear every page anew; a plain list of freed nodes would scatter
 * the next graph over memory. So nodes live in slabs, side by side in the order in which they
 * are made. An empty slab starts again from its beginning. All are kept for the next graph: 64
 * MiB as they are, the rest so that the system may take their memory when it is short of it
 * (MADV_FREE); what it did not take need not be cleared anew. Where it can't do that, they are
 * given back.
 *
 * Called with the interpreter's lock held. With GG_PLAIN_MALLOC nodes come from Python's
 * allocator one by one, for memory checkers.
 */
#ifndef GG_SLAB_H
#define GG_SLAB_H

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#define GG_CELL 96 /* the size of a Value; where it differs, Python's allocator will do */
#define GG_SLAB_BYTES ((size_t)256 * 1024)
#define GG_KEPT 256 /* so many empty slabs keep their memory: 64 MiB */

typedef struct gg_slab {
    struct gg_slab *before, *after; /* in the ring of slabs that have room */
    void *freed;                    /* cells given back, each pointing to the next */
    char *fresh;                    /* from here on cells were not used since it was empty */
    size_t used;
} gg_slab;

static gg_slab gg_room = {&gg_room, &gg_room, NULL, NULL, 0}; /* the ring's fixed point */
static size_t gg_empty = 0;

static inline char *gg_first_cell(gg_slab *slab) { return (char *)slab + 64; }

static inline int gg_is_full(gg_slab *slab) {
    return slab->freed == NULL && slab->fresh + GG_CELL > (char *)slab + GG_SLAB_BYTES;
}

static inline void gg_link_last(gg_slab *slab) {
    slab->before = gg_room.before;
    slab->after = &gg_room;
    slab->before->after = slab->after->before = slab;
}

static inline void gg_unlink(gg_slab *slab) {
    slab->before->after = slab->after;
    slab->after->before = slab->before;
}

static gg_slab *gg_new_slab(void) {
#ifdef _WIN32
    gg_slab *slab = (gg_slab *)_aligned_malloc(GG_SLAB_BYTES, GG_SLAB_BYTES);
#else
    void *memory = NULL;
    gg_slab *slab = posix_memalign(&memory, GG_SLAB_BYTES, GG_SLAB_BYTES) ? NULL : memory;
#endif
    if (slab != NULL) {
        slab->freed = NULL;
        slab->fresh = gg_first_cell(slab);
        slab->used = 0;
        gg_link_last(slab);
        gg_empty++;
    }
    return slab;
}

/* Let the system have the memory of an empty slab, but for its head: 0 if it will. */
static int gg_lend_slab(gg_slab *slab) {
#ifdef MADV_FREE
    size_t head = (size_t)sysconf(_SC_PAGESIZE);
    return madvise((char *)slab + head, GG_SLAB_BYTES - head, MADV_FREE);
#else
    (void)slab;
    return -1;
#endif
}

static void gg_delete_slab(gg_slab *slab) {
    gg_unlink(slab);
    gg_empty--;
#ifdef _WIN32
    _aligned_free(slab);
#else
    free(slab);
#endif
}

static inline void *gg_take(void) {
    gg_slab *slab = gg_room.after;
    if (slab == &gg_room && (slab = gg_new_slab()) == NULL)
        return NULL;
    void *cell = slab->freed;
    if (cell != NULL) {
        slab->freed = *(void **)cell;
    } else {
        cell = slab->fresh;
        slab->fresh += GG_CELL;
    }
    if (slab->used++ == 0)
        gg_empty--;
    if (gg_is_full(slab))
        gg_unlink(slab);
    return cell;
}

static inline void gg_give_back(void *cell) {
    gg_slab *slab = (gg_slab *)((uintptr_t)cell & ~(uintptr_t)(GG_SLAB_BYTES - 1));
    if (gg_is_full(slab))
        gg_link_last(slab);
    *(void **)cell = slab->freed;
    slab->freed = cell;
    if (--slab->used == 0) {
        slab->freed = NULL;
        slab->fresh = gg_first_cell(slab);
        if (++gg_empty > GG_KEPT && gg_lend_slab(slab) != 0)
            gg_delete_slab(slab);
    }
}

/* What the type has as tp_alloc and tp_free. */
static PyObject *gg_alloc(PyTypeObject *type, Py_ssize_t items) {
    (void)items;
    PyObject *v = (PyObject *)gg_take();
    if (v == NULL)
        return PyErr_NoMemory();
    memset((char *)v + sizeof(PyObject), 0, GG_CELL - sizeof(PyObject));
#ifdef Py_DEBUG
    return PyObject_Init(v, type);
#else
    Py_SET_TYPE(v, type); /* as PyObject_Init does, without telling tracemalloc */
    Py_SET_REFCNT(v, 1);
    return v;
#endif
}

static void gg_free(void *cell) { gg_give_back(cell); }

static inline void gg_use_slabs(PyTypeObject *type) {
#ifndef GG_PLAIN_MALLOC
    if (type->tp_basicsize == GG_CELL) {
        type->tp_alloc = gg_alloc;
        type->tp_free = gg_free;
    }
#endif
}

#endif
