/* The process's threads: stopping all but the caller for a scan, without ptrace.
 *
 * A signal that the program leaves alone is sent to each thread; its handler notes the
 * stack pointer and registers, says so, and waits on a futex until released. Threads that do not
 * answer in time are counted and left running; those that block the signal are not asked, so that
 * nothing stays pending for them. Not re-entrant: the caller holds LOCK_SCAN. No lock, no
 * allocation.
 *
 * What the program can see of it: poll, nanosleep and kin, which no flag has the kernel restart
 * (signal(7)), return EINTR, as after any signal with a handler. */
#ifndef OS_THREADS_H
#define OS_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "base/compiler.h"

struct os_stopped {
    int tid;
    bool asked; /* a signal was sent */
    bool answered;
    uintptr_t sp;                /* valid if answered */
    uintptr_t thread_pointer;    /* valid if answered; see os_thread_pointer() */
    const ucontext_t *registers; /* valid if answered, until release; on that thread's own stack or
                                    alternate stack */
};

/* Stops what it can. `room` holds up to `capacity` threads; returns how many other threads there
 * are (may exceed capacity), or -1 where they cannot be listed (no /proc) or no signal is free. */
MUST_USE int os_threads_stop(struct os_stopped *room, size_t capacity, unsigned timeout_ms);
void os_threads_release(void);

/* Calls `visit` for each thread of the process, the caller's too. False where they cannot be
 * listed.
 */
bool os_threads_each(void (*visit)(void *context, int tid), void *context);

/* Threads of ours that run no code of the program: they are not stopped, nor counted. False: there
 * are too many of them. In a forked child, which has none, those of the parent are to be taken in.
 */
enum { OS_THREADS_LEFT_OUT_MOST = 4 };
MUST_USE bool os_threads_leave_out(int tid);
void os_threads_take_in(int tid);

/* The name of a thread of this process; "" if it has gone. */
void os_thread_name(int tid, char name[16]);

/* The stack pointer of the function this is inlined into. */
static ALWAYS_INLINE uintptr_t os_stack_pointer(void)
{
    uintptr_t at;
#if defined(__x86_64__)
    __asm__ volatile("mov %%rsp, %0" : "=r"(at));
#else
    __asm__ volatile("mov %0, sp" : "=r"(at));
#endif
    return at;
}

/* True unless the calling thread is known to be the only one: for where the others cannot be
 * listed. */
bool os_threads_are_others(void);

/* Program counter, stack pointer and frame pointer of a stopped thread; 0 where this processor's
 * are not known. */
struct os_frame {
    uintptr_t pc, sp, fp;
};
struct os_frame os_registers_frame(const ucontext_t *registers);

/* Calls `visit` for each part of a stopped thread's saved state that holds registers, vector
 * ones included; what is between them the kernel left as it was. */
void os_registers_each(const ucontext_t *registers,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

/* The calling thread's stack for signal handlers; 0: it has none. */
uintptr_t os_alternate_stack(void);

/* Where the C library keeps what it knows of the calling thread: on a stack that it allocated,
 * above all frames, with thread-local storage right below. */
static inline uintptr_t os_thread_pointer(void)
{
#if defined(__x86_64__)
    uintptr_t at;
    __asm__("mov %%fs:0, %0" : "=r"(at));
    return at;
#else
    return (uintptr_t)__builtin_thread_pointer();
#endif
}

#endif
