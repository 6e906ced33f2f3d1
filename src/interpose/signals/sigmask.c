/* The functions that read and write a thread's signal mask: of SIGSEGV they say what the program
 * set, whatever stands for it in the kernel (os/segv_mask.h). */
#include "interpose/signals/sigmask.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "os/segv_mask.h"
#include "stack/guard.h"

/* glibc's own two, which cancel threads and change all threads' user: it lets nobody block them. */
static const uint64_t internal = UINT64_C(3) << 31;

const sigset_t *sigmask_for_kernel(const sigset_t *given, sigset_t *room)
{
    if (!given) {
        return NULL;
    }
    uint64_t mask;
    *room = *given;
    memcpy(&mask, given, sizeof mask); /* the C library's set begins with the kernel's */
    mask = segv_mask_to_kernel(mask);
    memcpy(room, &mask, sizeof mask);
    return room;
}

void sigmask_for_program(sigset_t *mask)
{
    uint64_t bits;
    memcpy(&bits, mask, sizeof bits);
    bits = segv_mask_to_program(bits);
    memcpy(mask, &bits, sizeof bits);
}

static int change(int how, const sigset_t *set, sigset_t *before)
{
    uint64_t wanted = 0, was;
    if (set) {
        memcpy(&wanted, set, sizeof wanted);
        wanted &= how == SIG_UNBLOCK ? UINT64_MAX : ~internal;
    }
    int error = segv_mask_change(how, set ? &wanted : NULL, &was);
    if (!error && before) {
        memcpy(before, &was, sizeof was);
    }
    return error;
}

EXPORTED int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    return change(how, set, before);
}

EXPORTED int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    if (UNLIKELY(stack_holds_signals)) {
        return 0; /* libunwind; what it is told was the mask it only hands back */
    }
    int error = change(how, set, before);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

/* 4.2BSD: a mask is an int, of the first 32 signals. */
static int change_first(int how, int mask)
{
    uint64_t wanted = (unsigned)mask & ~internal, was = 0;
    (void)!segv_mask_change(how, &wanted, &was);
    return (int)(uint32_t)was;
}

EXPORTED int sigblock(int mask)
{
    return change_first(SIG_BLOCK, mask);
}

EXPORTED int sigsetmask(int mask)
{
    return change_first(SIG_SETMASK, mask);
}

EXPORTED int siggetmask(void)
{
    return change_first(SIG_BLOCK, 0);
}

/* System V: one signal at a time. */
static int change_one(int how, int number)
{
    sigset_t only;
    return sigemptyset(&only) == 0 && sigaddset(&only, number) == 0 ? sigprocmask(how, &only, NULL)
                                                                    : -1;
}

EXPORTED int sighold(int number)
{
    return change_one(SIG_BLOCK, number);
}

EXPORTED int sigrelse(int number)
{
    return change_one(SIG_UNBLOCK, number);
}
