/* How to ask a C compiler for loops that compute several numbers at once, with the same bits. */
#ifndef GG_VECTORS_H
#define GG_VECTORS_H

/* GG_APART: each turn of a loop is apart from all others. GG_FOR_EACH_PROCESSOR: compile a
 * function several times; when the module is loaded, the best that the processor can run is taken.
 */
#if defined(__clang__)
#define GG_APART _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define GG_APART _Pragma("GCC ivdep")
#else
#define GG_APART
#endif
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#define GG_FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define GG_FOR_EACH_PROCESSOR
#endif

#endif
