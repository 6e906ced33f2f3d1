#include "interpose/threads.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>

#include "alloc/door.h"
#include "alloc/thread.h"
#include "base/align.h"
#include "interpose/entry.h"
#include "interpose/process.h"
#include "os/limits.h"
#include "os/pages.h"
#include "os/segv_mask.h"
#include "os/signal_stack.h"

extern void *__libc_stack_end;

#define LAST_ROUND ((uintptr_t)PTHREAD_DESTRUCTOR_ITERATIONS)

static pthread_key_t key;

/* Other keys' destructors may still allocate and release: stay until the last round. */
static void on_end(void *round)
{
    uintptr_t rounds = (uintptr_t)round;
    if (rounds + 1 < LAST_ROUND) {
        pthread_setspecific(key, (void *)(rounds + 1));
    } else {
        DOOR(door);
        signal_stack_take();
        thread_leave();
    }
}

static void entered(void)
{
    pthread_setspecific(key, (void *)1);
    segv_mask_settle(); /* one that the C library made for itself, with everything blocked */
    if (process_options.signals) {
        signal_stack_give();
    }
}

/* So early that the key is among the first 32, whose values need no memory. */
void threads_watch_ends(void)
{
    if (pthread_key_create(&key, on_end) == 0) {
        thread_entered = entered;
    }
}

/* The main thread's stack ends where the loader says it began; it may grow down as far as its
 * limit. */
void threads_enter_main(void)
{
    enum { MOST = 1 << 30 };
    size_t limit = os_limit_stack();
    size_t room = limit < MOST ? limit : MOST;
    uintptr_t high = align_up((uintptr_t)__libc_stack_end, OS_PAGE);
    DOOR(door);
    thread_enter(high - room, high);
}
