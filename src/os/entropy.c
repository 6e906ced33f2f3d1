#include "os/entropy.h"

#include <errno.h>
#include <linux/random.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "os/io.h"

/* The kernel's 16 random bytes serve libc for its stack and pointer guards: used here only
 * mixed, so that a canary in a report does not tell them. */
static uint64_t at_exec(void)
{
    const void *bytes = (const void *)getauxval(AT_RANDOM);
    uint64_t words[2] = {0};
    if (bytes) {
        memcpy(words, bytes, sizeof words);
    }
    return hash_mix(words[0]) ^ hash_mix(words[1] + 1);
}

static uint64_t mixed(void)
{
    struct timespec at = {0};
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t value = at_exec();
    value = hash_mix(value ^ (uint64_t)at.tv_nsec ^ (uint64_t)at.tv_sec << 30);
    value = hash_mix(value ^ (uintptr_t)&at ^ (uint64_t)os_pid() << 48);
    return hash_mix(value ^ (uintptr_t)&os_entropy);
}

uint64_t os_entropy(void)
{
    int saved = errno;
    uint64_t value;
    long got = syscall(SYS_getrandom, &value, sizeof value, GRND_NONBLOCK);
    if (got != (long)sizeof value) {
        value = mixed();
    }
    errno = saved;
    return value;
}
