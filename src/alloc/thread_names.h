/* Numbers for threads, small enough for a block's record, and the names that reports show. A number
 * is never given to a second thread; after 65,534 threads newcomers share number 0, "unknown".
 * Thread-safe; lock-free to read. */
#ifndef ALLOC_THREAD_NAMES_H
#define ALLOC_THREAD_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct thread_name {
    int tid;       /* kernel thread id */
    char name[16]; /* as of its last look; "" if never known */
};

/* The calling thread's number; allocates one at the first call. */
MUST_USE uint16_t thread_name_register(void);

/* False for number 0 and numbers not given out. Reads the current name of a thread that still
 * runs. */
MUST_USE bool thread_name_find(uint16_t number, struct thread_name *out);

/* Keeps the name of the calling thread, which is about to end. */
void thread_name_keep(uint16_t number);

/* In the child of a fork: the calling thread keeps its number and has a new kernel thread id. */
void thread_name_after_fork(uint16_t number);

/* Stacks that the C library holds ready for new threads, with what an ended one left in them.
 * Calls `visit` for those of threads that kept their name here, newest first: the part from
 * below the stack pointer that the thread ended with up to the end of its thread-local storage.
 * Memory that has since become something else is left out; `tid` may meanwhile be another
 * thread's, or the thread still be busy ending. For the leak scan: takes no lock, calls no libc
 * function. */
void thread_name_each_ended(void (*visit)(void *context, int tid, uintptr_t low, uintptr_t high),
                            void *context);

#endif
