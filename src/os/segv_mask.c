#include "os/segv_mask.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

static const uint64_t segv = BIT(SIGSEGV), stand_in = BIT(SIGSTKFLT);

static bool translates; /* written once, in the constructor */

uint64_t segv_mask_to_kernel(uint64_t program)
{
    if (!translates) {
        return program;
    }
    uint64_t others = program & ~(segv | stand_in);
    return program & segv ? others | stand_in : others;
}

uint64_t segv_mask_to_program(uint64_t kernel)
{
    return translates && (kernel & stand_in) ? kernel | segv : kernel;
}

bool segv_mask_blocks(uint64_t kernel)
{
    return kernel & (translates ? segv | stand_in : segv);
}

static int change(int how, const uint64_t *set, uint64_t *before)
{
    int saved = errno;
    int error = syscall(SYS_rt_sigprocmask, how, set, before, sizeof *set) == 0 ? 0 : errno;
    errno = saved;
    return error;
}

int segv_mask_change(int how, const uint64_t *set, uint64_t *before)
{
    uint64_t kernel_set = set ? segv_mask_to_kernel(*set) : 0, kernel_before = 0;
    int error = change(how, set ? &kernel_set : NULL, &kernel_before);
    if (!error && before) {
        *before = segv_mask_to_program(kernel_before);
    }
    return error;
}

static uint64_t current(void)
{
    uint64_t mask = 0;
    (void)change(SIG_BLOCK, NULL, &mask);
    return mask;
}

/* The stand-in's own bit comes from a program that knew nothing of us. */
void segv_mask_start(void)
{
    translates = true;
    uint64_t mask = current(), wanted = segv_mask_to_kernel(mask);
    if (wanted != mask) {
        (void)change(SIG_SETMASK, &wanted, NULL);
    }
}

void segv_mask_settle(void)
{
    if (translates && (current() & segv)) {
        (void)change(SIG_BLOCK, &stand_in, NULL);
        (void)change(SIG_UNBLOCK, &segv, NULL);
    }
}

void segv_mask_reveal(void)
{
    if (translates && (current() & stand_in)) {
        (void)change(SIG_BLOCK, &segv, NULL);
    }
}

void segv_mask_conceal(void)
{
    segv_mask_settle();
}
