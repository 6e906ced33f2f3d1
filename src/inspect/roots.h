/* What keeps blocks alive: every word the program can reach without going through a block.
 *
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
#include "os/threads.h"

struct roots {
    struct marker *marker;
    const struct os_stopped *threads; /* all but the calling one */
    size_t thread_count;
    uintptr_t site_sp;         /* of the calling thread: lower frames are ours */
    uintptr_t thread_pointer;  /* of the calling thread */
    const struct ranges *bare; /* used where the mappings cannot be listed */

    struct ranges outside; /* what no root is in */
    uintptr_t barrier_end; /* end of the last mapping seen that allows no access */
};

/* Marks what the roots point to. False: no memory, nothing was looked at. `listed` is false
 * where only `bare` was there to look at. */
MUST_USE bool roots_mark(struct roots *roots, bool *listed);

/* Roots for a process without /proc: data and thread-local storage of modules, and the calling
 * thread's stack. Takes the loader's lock: before any of ours, and before threads are stopped. */
void roots_find_bare(struct ranges *bare, uintptr_t site_sp);

#endif
