/* What keeps blocks alive: every word the program can reach without going through a block.
 *
 * - Regions that the program declared (inspect/regions.h).
 * - Private mappings that can be read, as far as they were written to: modules' data (also what
 *   became read-only after relocation), the heap of brk, thread-local storage, whatever the program
 *   mapped.
 * - Shared mappings that can be written, if they are anonymous, or of a file and small. Not
 *   devices.
 * - Stacks from the stack pointer up, where it is known and the mapping is surely that stack.
 * - Registers of the stopped threads, and their alternate signal stacks.
 * Not: the heap itself, our own records, our caller's frames below the program's, stacks of
 * ended threads. */
#ifndef INSPECT_ROOTS_H
#define INSPECT_ROOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/mark.h"
#include "inspect/ranges.h"
#include "inspect/runtime.h"
#include "os/threads.h"

struct roots {
    /* Set by the caller. The calling thread is the one that asked for the scan: in a copy of the
     * process these are still its. */
    struct marker *marker;
    const struct runtime *runtime;
    const struct os_stopped *threads; /* all but the calling one */
    size_t thread_count;
    int tid;           /* of the calling thread */
    uintptr_t site_sp; /* lower frames are ours */
    uintptr_t thread_pointer;
    const struct ranges *bare; /* used where the mappings cannot be listed */

    struct ranges outside; /* what no root is in */
    uintptr_t barrier_end; /* end of the last mapping seen that allows no access */
    bool runtime_only;     /* what is being looked at */
    bool runtime_too;
    bool listed; /* mappings could be, the last time */
};

/* Finds out what is no root. False: no memory. */
MUST_USE bool roots_start(struct roots *roots);
void roots_end(struct roots *roots);

/* Leaves more out. Before the first use. */
void roots_leave_out(struct roots *roots, uintptr_t start, uintptr_t end);

/* Marks what the data of the run-time libraries points to; nothing where mappings cannot be
 * listed. */
void roots_mark_runtime(struct roots *roots);

/* Marks what all else points to, and those data as well if `runtime_too`. Where mappings cannot be
 * listed, `bare` is looked at. */
void roots_mark(struct roots *roots, bool runtime_too);

/* Roots for a process without /proc: data and thread-local storage of modules, and the calling
 * thread's stack. Takes the loader's lock: before any of ours, and before threads are stopped. */
void roots_find_bare(struct ranges *bare, uintptr_t site_sp);

/* Where the memory that a stack pointer is in ends, as far as that can be told without a list of
 * mappings. */
uintptr_t roots_stack_end(uintptr_t sp);

#endif
