/* Leaks: live blocks that nothing points to. A first form of the checker: reachability from every
 * writable mapping that is not ours, from live threads' registers and from their stacks from the
 * stack pointer up; interior pointers keep a block alive.
 *
 * A block no root reaches is `definite` if no other unreached block leads to it, else `indirect`,
 * counted under its leader; of a cycle one block is the leader. */
#ifndef INSPECT_LEAKS_H
#define INSPECT_LEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "os/threads.h"

enum leak_kind { LEAK_DEFINITE, LEAK_INDIRECT, LEAK_POSSIBLE, LEAK_REACHABLE, LEAK_KINDS };

/* One group: all leaders allocated from one stack. */
struct leak_group {
    uint32_t alloc_stack;
    enum leak_kind kind;
    uint64_t blocks, bytes;
    uint64_t indirect_blocks, indirect_bytes;
    uintptr_t example; /* one leader's address */
};

struct leak_report {
    struct leak_group *groups; /* sorted by bytes + indirect_bytes, largest first */
    size_t count;
    uint64_t blocks, bytes; /* all leaders */
    uint64_t indirect_blocks, indirect_bytes;
    unsigned threads_unstopped; /* did not answer: what only their registers held is not known */
    bool unscanned_mappings;    /* /proc/self/maps could not be read: modules' data only */
    bool failed;                /* no memory for the scan: nothing is known */
};

/* Stops the other threads, scans, lets them go on. `site_sp` is the stack pointer to scan the
 * calling thread's own stack from. Takes LOCK_SCAN; allocates by own_alloc before the threads
 * are stopped. Holds back all signals meanwhile: a handler might wait for a lock of a thread
 * that is stopped. */
void leaks_find(uintptr_t site_sp, struct leak_report *out);
/* leaks_find() from here, for a function that the program calls: what the program has in
 * registers is spilled to the frame of the function this stands in, and so looked at. That frame
 * should be small, as what nothing was written to of it may hold addresses from earlier calls. */
#define LEAKS_FIND_HERE(out) \
    do { \
        __builtin_unwind_init(); \
        leaks_find(os_stack_pointer(), (out)); \
        __asm__ volatile("" ::: "memory"); /* no tail call: the frame must last */ \
    } while (0)

void leaks_free(struct leak_report *report);

void leaks_register_lock(void);

#endif
