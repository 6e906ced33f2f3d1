/* Calls that fill a structure of a known size. */
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "interpose/libc/detour.h"
#include "os/descriptor.h"
#include "stack/unwinder.h"

/* A function whose parameter `out` is filled: its result, what stands before that, with a comma
 * behind, and the names of it. */
#define FILLS(result, name, given, passed, type) \
    EXPORTED result name(UNPACK given type *out) \
    { \
        struct call call = CALL(name); \
        call_writes(&call, out, sizeof *out); \
        return libc_##name(UNPACK passed out); \
    }
FILLS(int, clock_gettime, (clockid_t clock, ), (clock, ), struct timespec)
FILLS(int, clock_getres, (clockid_t clock, ), (clock, ), struct timespec)
FILLS(time_t, time, (), (), time_t)
FILLS(clock_t, times, (), (), struct tms)
FILLS(int, uname, (), (), struct utsname)
FILLS(int, sysinfo, (), (), struct sysinfo)

FILLS(int, getrusage, (__rusage_who_t who, ), (who, ), struct rusage)
FILLS(int, getrlimit, (__rlimit_resource_t what, ), (what, ), struct rlimit)
FILLS(int, getrlimit64, (__rlimit_resource_t what, ), (what, ), struct rlimit64)
FILLS(int, getitimer, (__itimer_which_t which, ), (which, ), struct itimerval)

EXPORTED int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct call call = CALL(gettimeofday);
    call_writes(&call, now, sizeof *now);
    call_writes(&call, zone, sizeof(struct timezone));
    return libc_gettimeofday(now, zone);
}

EXPORTED int nanosleep(const struct timespec *time, struct timespec *left)
{
    struct call call = CALL(nanosleep);
    call_reads(&call, time, sizeof *time);
    call_writes(&call, left, sizeof *left);
    return libc_nanosleep(time, left);
}

EXPORTED int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                             struct timespec *left)
{
    struct call call = CALL(clock_nanosleep);
    call_reads(&call, time, sizeof *time);
    call_writes(&call, left, sizeof *left);
    return libc_clock_nanosleep(clock, flags, time, left);
}

EXPORTED int pipe(int ends[2])
{
    struct call call = CALL(pipe);
    call_writes(&call, ends, 2 * sizeof *ends);
    return libc_pipe(ends);
}

EXPORTED int pipe2(int ends[2], int flags)
{
    struct call call = CALL(pipe2);
    call_writes(&call, ends, 2 * sizeof *ends);
    int result = libc_pipe2(ends, flags);
    if (UNLIKELY(unwinder_is_starting()) && result == 0) {
        ends[0] = os_descriptor_move_up(ends[0]);
        ends[1] = os_descriptor_move_up(ends[1]);
    }
    return result;
}

static int get_groups(const struct call *call, int most, gid_t *to)
{
    DETOUR detour = detour_begin(call, to, most > 0 ? (size_t)most * sizeof *to : 0);
    int count = libc_getgroups(most, (gid_t *)detour.at);
    if (UNLIKELY(detour.judged)) {
        detour_end(&detour, count > 0 ? (size_t)count * sizeof *to : 0);
    }
    return count;
}

EXPORTED int getgroups(int most, gid_t *to)
{
    struct call call = CALL(getgroups);
    return get_groups(&call, most, to);
}

EXPORTED int __getgroups_chk(int most, gid_t *to, size_t room)
{
    struct call call = CALL(__getgroups_chk);
    return most > 0 && (size_t)most * sizeof *to > room ? libc___getgroups_chk(most, to, room)
                                                        : get_groups(&call, most, to);
}

SECOND_NAME(__nanosleep, nanosleep);
SECOND_NAME(__gettimeofday, gettimeofday);
SECOND_NAME(__pipe, pipe);
