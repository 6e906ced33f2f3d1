/* This process, as a program under test: its options, its start, forks and end. */
#ifndef INTERPOSE_PROCESS_H
#define INTERPOSE_PROCESS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "inspect/leaks.h"
#include "options/options.h"

extern struct options process_options; /* read-only once the allocator has started */

/* Where the kernel put arguments and environment; set before libc knows of them. */
struct process_start {
    int argc;
    char **argv, **envp;
    bool secure; /* set-uid and kin: the environment is not ours to believe */
};
struct process_start process_start_block(void);

/* True if leak_kinds names reachable blocks: a scan is to group them. */
static inline bool process_wants_reachable(void)
{
    return process_options.leak_kinds >> LEAK_REACHABLE & 1;
}

/* True in the process that this allocator reports for; false in a vfork child, which runs in its
 * parent's memory, and in children made behind our back. */
bool process_is_ours(void);
void process_set_ours(void);

/* The last look and the report, once. Returns the status to end with in place of `status`. */
int process_finish(int status);

/* Leaks found before the end, in place of those that process_finish() would look for. Takes them
 * over; false if others are there already. A forked child looks for its own. */
MUST_USE bool process_settle_leaks(const struct leak_report *leaks);
MUST_USE bool process_leaks_are_settled(void);

/* Registers the end-of-process handlers. From the constructor: then they run after all others. */
void process_watch_exit(void);

void process_watch_forks(void);

/* With children=off: takes the library out of LD_PRELOAD for programs started from here. */
void process_hide_from_children(void);

#endif
