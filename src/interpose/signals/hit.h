/* A page fault at a guard page of ours: the program is told of while the guilty instruction waits.
 * Then the page is opened and the instruction is done again (halt=off), or the fault takes its
 * course as one of the program's own (halt=on).
 *
 * It is told on a stack of its own: the one that the handler is called on may be small. Where a
 * part of ours that has a lock comes upon a guard, one line is all that can be said. */
#ifndef INTERPOSE_SIGNALS_HIT_H
#define INTERPOSE_SIGNALS_HIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#include "base/compiler.h"
#include "interpose/signals/library_frames.h"
#include "os/fault.h"

enum hit_outcome {
    HIT_NONE,  /* no guard of ours, or one that cannot be opened: the program's own fault */
    HIT_ENDED, /* the instruction is to be done again */
};

/* With the first block. */
void hit_start(void);

/* From the handler of SIGSEGV, for a fault. */
MUST_USE enum hit_outcome hit_take(int number, siginfo_t *info, ucontext_t *context);

/* True if this fault of the calling thread, which is about to end the process, was told. */
MUST_USE bool hit_is_told(uintptr_t pc, uintptr_t address);

/* What other handlers need that tell of an access: function(given) on a stack of its own, and the
 * stack of what was interrupted. `is_past`: the access was done by the instruction before. */
void hit_call_apart(void (*function)(void *given), void *given, const ucontext_t *context);
MUST_USE struct library_call hit_capture(const struct os_fault *fault, bool is_past);

/* In the child of a fork. */
void hit_after_fork(void);

#endif
