/* This process, as a program under test: its options, its start, forks and end. */
#ifndef INTERPOSE_PROCESS_H
#define INTERPOSE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/leaks.h"
#include "options/options.h"
#include "report/model.h"

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

/* True in a child that runs in its parent's memory (vfork). */
bool process_is_guest(void);

/* A finding of this process, or of a child that runs in its memory. */
void process_tell(const struct finding *finding);

/* The last look and the report, once. Returns the status to end with in place of `status`. If
 * another thread is at it, that one is waited for. */
int process_finish(int status);

/* The same, because of a signal. The stack of the interrupted function is in use from `site_sp` on.
 */
void process_finish_dying(const struct death *death, uintptr_t site_sp);

/* Before the program becomes another one. Nothing, where it is a forked child that nothing was
 * found in: its heap is its parent's, who looks at it. If it goes on all the same: undone. True if
 * there was a report. */
bool process_begin_exec(void);
void process_undo_exec(void);

/* Leaks found before the end, in place of those that process_finish() would look for. Takes them
 * over; false if others are there already. A forked child looks for its own. */
MUST_USE bool process_settle_leaks(const struct leak_report *leaks);
MUST_USE bool process_leaks_are_settled(void);

/* Registers the end-of-process handlers. From the constructor: then they run after all others. */
void process_watch_exit(void);

void process_watch_forks(void);

/* True in a child of a watched process. */
bool process_is_forked(void);

#endif
