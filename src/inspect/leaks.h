/* Leaks: live blocks that the program can no longer get at, by Valgrind's kinds.
 *
 * - reachable: a chain of pointers to blocks' starts leads to it from a root. An interior pointer
 *   counts as one to the start if a heuristic explains it: Valgrind's and some more
 *   (inspect/interior.h).
 * - possible: only interior pointers that nothing explains hold it, from a root or a reachable
 *   block.
 * - definite: neither, and no other lost block leads to it; of a cycle one block.
 * - indirect: lost, and led to by a lost block: counted under that one, the leader.
 *
 * Never a leak: blocks that the program said to ignore and what they lead to, blocks of the
 * loader's own, and, in a forked child, blocks that it inherited from a process with several
 * threads.
 *
 * While other threads run, a copy of the process is made for the scan (os/snapshot.h), and they
 * stand still only for that. Where that is refused, and in a process with one thread, the scan is
 * done in place. */
#ifndef INSPECT_LEAKS_H
#define INSPECT_LEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "os/threads.h"

enum leak_kind { LEAK_DEFINITE, LEAK_INDIRECT, LEAK_POSSIBLE, LEAK_REACHABLE, LEAK_KINDS };

struct leak_query {
    uintptr_t site_sp; /* the calling thread's own stack is looked at from here up */
    /* Only blocks born in this generation or later are leaks (alloc/generation.h); older lost ones
     * are left out as if they were not there. 0: all. */
    uint32_t since;
    /* Reachable blocks are grouped as well, but for those that the loader and the C and C++
     * libraries keep for good (inspect/runtime.h). */
    bool with_reachable;
};

/* One group: all leaders of one kind allocated from one stack. A reachable block is its own
 * leader. */
struct leak_group {
    uint32_t alloc_stack;
    enum leak_kind kind; /* not LEAK_INDIRECT */
    uint64_t blocks, bytes;
    uint64_t indirect_blocks, indirect_bytes;
    uintptr_t example; /* one leader's address */
};

struct leak_sum {
    uint64_t blocks, bytes;
};

/* A thread that could not be stopped: what only its registers held may be called lost. */
struct leak_runner {
    int tid;
    char name[16]; /* "" if unknown */
};

enum { LEAK_RUNNERS_MOST = 16 };

enum leak_trouble {
    LEAKS_SCANNED,
    LEAKS_NO_MEMORY, /* for the scan: nothing is known */
    LEAKS_CRASHED,   /* the copy of the process died of a signal: nothing is known */
    LEAKS_TIMED_OUT, /* it took too long, and was ended: nothing is known */
};

struct leak_report {
    struct leak_group *groups; /* sorted by bytes + indirect_bytes, largest first */
    size_t count;
    uint64_t blocks, bytes; /* all leaders, but reachable ones */
    uint64_t indirect_blocks, indirect_bytes;
    struct leak_sum of[LEAK_REACHABLE + 1]; /* by kind; indirect under leaders of both kinds */

    unsigned threads_unstopped;                    /* did not answer */
    struct leak_runner runners[LEAK_RUNNERS_MOST]; /* the first of these */
    bool unscanned_mappings; /* /proc/self/maps could not be read: modules' data only */
    bool failed;             /* `trouble` is not LEAKS_SCANNED */
    enum leak_trouble trouble;
    int signal; /* with LEAKS_CRASHED: the signal's number, 0 if not known */

    uint64_t scan_us;  /* how long all of it took */
    uint64_t pause_us; /* how long other threads stood still for it; 0: nobody did */
};

/* Any thread, with none of our locks held above LOCK_SCAN, which it takes. Signals are held back
 * from the calling thread until it is done. Keeps errno. */
void leaks_find(const struct leak_query *query, struct leak_report *out);

/* leaks_find() from here, for a function that the program calls: what the program has in
 * registers is spilled to the frame of the function this stands in, and so looked at. That frame
 * should be small, as what nothing was written to of it may hold addresses from earlier calls.
 * `query`: a struct leak_query, whose site_sp is set here. */
#define LEAKS_FIND_HERE(query, out) \
    do { \
        __builtin_unwind_init(); \
        (query)->site_sp = os_stack_pointer(); \
        leaks_find((query), (out)); \
        __asm__ volatile("" ::: "memory"); /* no tail call: the frame must last */ \
    } while (0)

void leaks_free(struct leak_report *report);

/* In the child of a fork, while it has one thread: blocks that are lost already are the parent's
 * leaks and from now on ignored, so that of what was inherited only what the child itself lets go
 * is its leak. With a heap too large to be looked through at every fork, none of it is. */
void leaks_disown(uintptr_t site_sp);
#define LEAKS_DISOWN_HERE() \
    do { \
        __builtin_unwind_init(); \
        leaks_disown(os_stack_pointer()); \
        __asm__ volatile("" ::: "memory"); \
    } while (0)

void leaks_register_lock(void);

/* LOCK_SCAN, for whatever else stops threads. */
void leaks_lock(void);
void leaks_unlock(void);

#endif
