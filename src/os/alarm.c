#include "os/alarm.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os/io.h"

static char mark; /* its address is the value that comes with the signal */

void os_alarm_set(int number, unsigned wait_ms)
{
    int saved = errno;
    bool for_all = number == SIGKILL; /* this thread may be gone by then */
    struct sigevent event = {.sigev_notify = for_all ? SIGEV_SIGNAL : SIGEV_THREAD_ID,
                             .sigev_signo = number,
                             .sigev_value.sival_ptr = &mark,
                             ._sigev_un._tid = os_tid()};
    const struct itimerspec once = {
        .it_value = {.tv_sec = wait_ms / 1000, .tv_nsec = (long)(wait_ms % 1000) * 1000000}};
    int timer;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0) {
        (void)syscall(SYS_timer_settime, timer, 0, &once, NULL);
    }
    errno = saved;
}

bool os_alarm_sent(const siginfo_t *info)
{
    return info->si_code == SI_TIMER && info->si_value.sival_ptr == &mark;
}
