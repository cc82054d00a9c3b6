/* The nodes that wait for their turn in a backward pass; the newest is taken first.
 *
 * A tree of sets: a page holds 64 places and a bit for each that is occupied. A node's place
 * follows from its number alone, so putting it there needs no comparison, and the lowest bit
 * says who is next. The tree is as high as the numbers in it are apart: two or three pages for
 * a training step. A page is used again once it is empty, so the line stays in the cache.
 *
 * Nodes are not owned: the graph that is differentiated outlives the pass.
 */
#ifndef GG_LINE_H
#define GG_LINE_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

#ifdef _MSC_VER
#include <intrin.h>
static inline int gg_lowest(uint64_t bits) {
    unsigned long i;
    _BitScanForward64(&i, bits);
    return (int)i;
}
#define gg_fetch(address) ((void)(address))
#else
#define gg_fetch(address) __builtin_prefetch(address)
#define gg_lowest(bits) __builtin_ctzll(bits)
#endif

#define GG_HIGHEST 11 /* 11 times 6 bits are all bits of a number */

typedef struct gg_page {
    uint64_t occupied;
    struct gg_page *next; /* of all pages, for the end; or of the empty ones */
    void *places[64];     /* pages of the level below; at the bottom, nodes */
} gg_page;

typedef struct {
    uint64_t newest;              /* places count from here: the newest node has place 0 */
    gg_page *first[GG_HIGHEST];   /* on each level the page that holds whoever is next */
    int height;
    gg_page *last;                /* where a node was put last: often the next goes there too */
    uint64_t last_pages_place;
    gg_page *empty;
} gg_line;

static gg_page *gg_new_page(gg_line *line) {
    gg_page *page = line->empty;
    if (page != NULL)
        line->empty = page->next;
    else if ((page = (gg_page *)PyMem_RawMalloc(sizeof(gg_page))) == NULL)
        return NULL;
    page->occupied = 0;
    return page;
}

static inline void gg_empty_page(gg_line *line, gg_page *page) {
    page->next = line->empty;
    line->empty = page;
}

static gg_line *gg_new_line(long long newest) {
    gg_line *line = (gg_line *)PyMem_RawCalloc(1, sizeof(gg_line));
    if (line == NULL)
        return NULL;
    line->newest = (uint64_t)newest;
    line->last_pages_place = UINT64_MAX;
    line->height = 1;
    if ((line->first[0] = gg_new_page(line)) == NULL) {
        PyMem_RawFree(line);
        return NULL;
    }
    return line;
}

static void gg_free_pages(gg_page *page, int level) {
    if (level > 0)
        for (; page->occupied; page->occupied &= page->occupied - 1)
            gg_free_pages((gg_page *)page->places[gg_lowest(page->occupied)], level - 1);
    PyMem_RawFree(page);
}

static inline void gg_free_line(gg_line *line) {
    gg_free_pages(line->first[line->height - 1], line->height - 1);
    for (gg_page *page = line->empty, *next; page != NULL; page = next) {
        next = page->next;
        PyMem_RawFree(page);
    }
    PyMem_RawFree(line);
}

/* Find the page at the bottom for a place, and make what is missing on the way. */
static gg_page *gg_page_for(gg_line *line, uint64_t place) {
    while (line->height < GG_HIGHEST && place >> (6 * line->height)) {
        gg_page *top = gg_new_page(line);
        if (top == NULL)
            return NULL;
        top->occupied = 1;
        top->places[0] = line->first[line->height - 1];
        line->first[line->height++] = top;
    }
    gg_page *page = line->first[line->height - 1];
    for (int level = line->height - 1; level > 0; level--) {
        int i = (int)(place >> (6 * level)) & 63;
        if (!(page->occupied >> i & 1)) {
            if ((page->places[i] = gg_new_page(line)) == NULL)
                return NULL;
            page->occupied |= (uint64_t)1 << i;
        }
        page = (gg_page *)page->places[i];
    }
    line->last = page;
    line->last_pages_place = place >> 6;
    return page;
}

/* Put a node in its place. It must be older than all that were taken; -1 if memory is lacking. */
static inline int gg_put(gg_line *line, void *node, long long number) {
    uint64_t place = line->newest - (uint64_t)number;
    gg_page *page = place >> 6 == line->last_pages_place ? line->last : gg_page_for(line, place);
    if (page == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    page->places[place & 63] = node;
    page->occupied |= (uint64_t)1 << (place & 63);
    return 0;
}

/* Go to the next page that has somebody; -1 if there is none. */
static int gg_next_page(gg_line *line) {
    int level = 0;
    while (level < line->height - 1 && line->first[level]->occupied == 0) {
        gg_empty_page(line, line->first[level++]);
        line->first[level]->occupied &= line->first[level]->occupied - 1;
    }
    if (line->first[level]->occupied == 0)
        return -1;
    for (; level > 0; level--)
        line->first[level - 1] =
            (gg_page *)line->first[level]->places[gg_lowest(line->first[level]->occupied)];
    return 0;
}

/* Take the newest node out of the line; NULL if nobody waits. */
static inline void *gg_take_newest(gg_line *line) {
    gg_page *page = line->first[0];
    if (page->occupied == 0) {
        if (gg_next_page(line) < 0)
            return NULL;
        page = line->first[0];
    }
    void *node = page->places[gg_lowest(page->occupied)];
    gg_fetch((char *)node - 704); /* nodes lie side by side: who is next is likely there */
    gg_fetch((char *)node - 768);
    page->occupied &= page->occupied - 1;
    return node;
}

#endif
