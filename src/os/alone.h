/* Atomic steps that need no other processor to wait, while the process has one thread: then they
 * are whole towards signal handlers, which is all that can come between. A locked step waits for
 * all stores before it, and these may be to memory that is not in the cache. */
#ifndef OS_ALONE_H
#define OS_ALONE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/single_threaded.h>

#include "base/compiler.h"

/* The C library knows of all threads but those made by clone(2) itself; of these none may be the
 * first to share the process. False before it is sure. */
static ALWAYS_INLINE bool os_is_alone(void)
{
    return __libc_single_threaded;
}

/* As atomic_compare_exchange_strong_explicit(at, &from, to, acq_rel, relaxed). */
static ALWAYS_INLINE MUST_USE bool os_alone_step(_Atomic uint8_t *at, uint8_t from, uint8_t to)
{
#if defined(__x86_64__)
    if (LIKELY(os_is_alone())) {
        bool done;
        __asm__ volatile("cmpxchgb %3, %1"
                         : "=@ccz"(done), "+m"(*(uint8_t *)at), "+a"(from)
                         : "q"(to)
                         : "memory");
        return done;
    }
#endif
    return atomic_compare_exchange_strong_explicit(at, &from, to, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

#endif
