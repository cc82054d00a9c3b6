/* Work on a box in parts, of which a second thread does some.
 *
 * Parts lie side by side along a dim along which results move: each result is computed by one
 * thread, as it would be by one alone. The thread is made when there is first enough to do; without
 * anything to do it looks out for a moment, and then sleeps. GLASSGRAD_THREADS=1 does without; so
 * does a process that may run on one processor only.
 */
#ifndef GG_THREADS_H
#define GG_THREADS_H

#include "tiling.h"

/* What is done to a part of a box. It returns why it could not be. */
typedef int gg_work(void *job, const gg_box *part);

#if defined(__GNUC__) && !defined(_WIN32)
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* How much work is worth handing over, in products of a tile: to a thread that is awake, and to one
 * that must be woken. For how many looks it stays awake: some 20 us.
 */
#define GG_WORTH_AWAKE 60000
#define GG_WORTH_WAKING 500000
#define GG_LOOKS 2000

/* Into how many parts a box is cut: who comes late does fewer. Who had to wait for the other, which
 * the processor was taken from, does so many boxes alone.
 */
#define GG_PARTS 4
#define GG_ALONE 100

/* A box is tried so many times alone, and so many together; then it is done together if that took
 * so much of the time only, until it is tried again: what counts as a second processor may be half
 * of the first, or have other things to do. Of so many boxes this is known.
 */
#define GG_FASTER 0.75
#define GG_TRIES 3
#define GG_TRY_AGAIN 1000
#define GG_KNOWN 256

typedef struct {
    const gg_box *box;
    int results; /* which of its accesses they are */
    unsigned runs;
    double took[2]; /* alone, and together: the shortest of the tries */
} gg_trial;

static struct {
    pid_t process; /* which made the thread: after a fork there is none */
    int there;     /* whether there is one */
    int used;      /* by a thread of Python; others work alone meanwhile */
    int alone;     /* how many boxes are left to be done without it */
    int asleep;
    unsigned next; /* the part to be done next, and 16 times which job it is of */
    int done, why;
    gg_work *work;
    void *job;
    const gg_box *box;
    int dim;
    gg_trial known[GG_KNOWN];
    pthread_mutex_t lock;
    pthread_cond_t wake;
} gg_shared;

static inline void gg_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* Where a part begins: whole vectors, if there are enough. */
static inline int gg_begin(int n, unsigned part) {
    const int begin = (int)((long long)n * part / GG_PARTS);
    return part < GG_PARTS && n >= 64 ? begin / 8 * 8 : begin;
}

/* Do the next part; return whether there was one. */
static inline int gg_work_on(void) {
    unsigned next = __atomic_load_n(&gg_shared.next, __ATOMIC_SEQ_CST);
    const unsigned part = next % 16;
    if (part >= GG_PARTS || !__atomic_compare_exchange_n(
            &gg_shared.next, &next, next + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return part < GG_PARTS;
    gg_box box = *gg_shared.box;
    const int dim = gg_shared.dim, begin = gg_begin(box.n[dim], part);
    box.n[dim] = gg_begin(box.n[dim], part + 1) - begin;
    for (int k = 0; k < 4; k++)
        box.base[k] += begin * box.stride[dim][k];
    const int why = gg_shared.work(gg_shared.job, &box);
    if (why)
        __atomic_store_n(&gg_shared.why, why, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&gg_shared.done, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static void *gg_serve(void *nothing) {
    for (int looks = 0;; looks++) {
        if (gg_work_on())
            looks = 0;
        else if (looks < GG_LOOKS)
            gg_relax();
        else {
            pthread_mutex_lock(&gg_shared.lock);
            __atomic_store_n(&gg_shared.asleep, 1, __ATOMIC_SEQ_CST);
            while (__atomic_load_n(&gg_shared.asleep, __ATOMIC_SEQ_CST) &&
                   __atomic_load_n(&gg_shared.next, __ATOMIC_SEQ_CST) % 16 >= GG_PARTS)
                pthread_cond_wait(&gg_shared.wake, &gg_shared.lock);
            __atomic_store_n(&gg_shared.asleep, 0, __ATOMIC_SEQ_CST);
            pthread_mutex_unlock(&gg_shared.lock);
            looks = 0;
        }
    }
    return nothing;
}

static inline int gg_processors(void) {
#ifdef __linux__
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
#else
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
#endif
}

/* Make the thread, if one is wanted. It leaves signals to the others. */
static inline void gg_make_thread(void) {
    const char *const wanted = getenv("GLASSGRAD_THREADS");
    pthread_t thread;
    sigset_t all, before;
    memset(&gg_shared, 0, sizeof gg_shared);
    gg_shared.next = GG_PARTS;
    gg_shared.process = getpid();
    pthread_mutex_init(&gg_shared.lock, NULL);
    pthread_cond_init(&gg_shared.wake, NULL);
    if (wanted && *wanted ? atoi(wanted) < 2 : gg_processors() < 2)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!pthread_create(&thread, NULL, gg_serve, NULL)) {
        pthread_detach(thread);
        gg_shared.there = 1;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Find the longest dim to be cut; -1 if there is none. */
static inline int gg_longest(const gg_box *box, int rank, int k) {
    int found = -1;
    for (int d = 0; d < rank; d++)
        if (box->stride[d][k] && box->n[d] >= 2 * GG_PARTS &&
            (found < 0 || box->n[d] > box->n[found]))
            found = d;
    return found >= 0 && gg_apart(box, 0, rank, k) ? found : -1;
}

static inline double gg_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Do some work together with the other thread. */
static int gg_together(gg_work *work, void *job, const gg_box *box, int dim) {
    gg_shared.work = work;
    gg_shared.job = job;
    gg_shared.box = box;
    gg_shared.dim = dim;
    gg_shared.done = gg_shared.why = 0;
    __atomic_store_n(&gg_shared.next, gg_shared.next / 16 * 16 + 16, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&gg_shared.asleep, __ATOMIC_SEQ_CST)) {
        pthread_mutex_lock(&gg_shared.lock);
        __atomic_store_n(&gg_shared.asleep, 0, __ATOMIC_SEQ_CST);
        pthread_cond_signal(&gg_shared.wake);
        pthread_mutex_unlock(&gg_shared.lock);
    }
    while (gg_work_on())
        ;
    for (int looks = 0; __atomic_load_n(&gg_shared.done, __ATOMIC_SEQ_CST) < GG_PARTS; looks++)
        if (looks < 10 * GG_LOOKS)
            gg_relax();
        else {
            gg_shared.alone = GG_ALONE;
            sched_yield();
        }
    return gg_shared.why;
}

/* Do some work alone or together, whichever is known to be faster. */
static int gg_tried(gg_work *work, void *job, const gg_box *box, int dim, int k) {
    gg_trial *const trial = gg_shared.known + ((size_t)box / sizeof(gg_box) * 4 + k) % GG_KNOWN;
    if (trial->box != box || trial->results != k || trial->runs == GG_TRY_AGAIN) {
        trial->box = box;
        trial->results = k;
        trial->runs = 0;
        trial->took[0] = trial->took[1] = 1e9;
    }
    const unsigned run = trial->runs++;
    const int tries = run < 2 * GG_TRIES;
    const int together = tries ? run >= GG_TRIES : trial->took[1] < GG_FASTER * trial->took[0];
    const double began = tries ? gg_now() : 0;
    const int why = together ? gg_together(work, job, box, dim) : work(job, box);
    if (tries) {
        const double took = gg_now() - began;
        if (took < trial->took[together])
            trial->took[together] = took;
    }
    return why;
}

/* Do some work on a box whose access `k` tells where the results lie, along its first dims. How
 * much work each place is, says `cost`.
 */
static int gg_in_parts(
    gg_work *work, void *job, const gg_box *box, int rank, int k, ptrdiff_t cost) {
    const ptrdiff_t amount = box->places * cost;
    if (amount < GG_WORTH_AWAKE)
        return work(job, box);
    if (gg_shared.process != getpid())
        gg_make_thread();
    const int asleep = __atomic_load_n(&gg_shared.asleep, __ATOMIC_SEQ_CST);
    const int dim = gg_longest(box, rank, k);
    if (dim < 0 || !gg_shared.there || (asleep && amount < GG_WORTH_WAKING) ||
        __atomic_exchange_n(&gg_shared.used, 1, __ATOMIC_ACQUIRE))
        return work(job, box);
    int why;
    if (gg_shared.alone > 0) {
        gg_shared.alone--;
        why = work(job, box);
    } else
        why = gg_tried(work, job, box, dim, k);
    __atomic_store_n(&gg_shared.used, 0, __ATOMIC_RELEASE);
    return why;
}

#else

static int gg_in_parts(
    gg_work *work, void *job, const gg_box *box, int rank, int k, ptrdiff_t cost) {
    (void)rank, (void)k, (void)cost;
    return work(job, box);
}

#endif

#endif
