/* Threads of ours in the program's process. They run no code of the program, block all signals but
 * those by which the C library has all threads change their user, have descriptors of their own
 * (os/private_files.h), allocate nothing of the program's heap, have no cache and no number, are
 * left out when threads are stopped, and what is on their stacks is no root.
 *
 * The process does not stay for their sake: exit() does not wait for them, and when the main thread
 * ends by pthread_exit() they end too, since the process ends with its last thread. */
#ifndef INTERPOSE_HIDDEN_THREAD_H
#define INTERPOSE_HIDDEN_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct hidden_thread {
    /* Set by the owner: */
    const char *option; /* of the user's that wants it: for complaints */
    const char *name;   /* shown by ps and debuggers; at most 15 bytes */
    int (*begin)(void); /* on the thread, first of all; negative: -errno, and it ends */
    void (*work)(void); /* returns soon after is_ending was set and `wake` called */
    void (*wake)(void); /* on another thread; may be NULL */
    /* The rest is this module's. */
    atomic_bool is_ending;
    atomic_int outcome; /* of begin(): 0 not yet, 1 it works, else -errno */
    atomic_int tid;     /* 0: none */
    pthread_t thread;
    bool created;        /* `thread` is to be joined */
    bool is_had;         /* hidden_thread_start() found all it needs */
    char *stack;         /* one is enough, also for forked children */
    pthread_key_t ended; /* has a value on the main thread: tells that it ends */
};

/* From the constructor, once libc is usable, and on the main thread. Waits until begin() is done.
 * Says so where it cannot be had (static programs, no memory). */
void hidden_thread_start(struct hidden_thread *hidden);

/* In a forked child, with none of our locks held. First forget all of the parent's, then start. */
void hidden_thread_forget(struct hidden_thread *hidden);
void hidden_thread_start_again(struct hidden_thread *hidden);

/* Says that the option has no effect, and why. */
void hidden_thread_complain(const struct hidden_thread *hidden, const char *why, int error);

/* Frames on its stack are below: nothing there holds a block of the program's. */
uintptr_t hidden_thread_stack_end(const struct hidden_thread *hidden);

#endif
