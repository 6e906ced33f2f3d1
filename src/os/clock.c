#include "os/clock.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"

enum { DAY_S = 24 * 60 * 60, DAYS_IN_400_YEARS = 146097, DAYS_IN_CENTURY = 36524 };

static struct timespec now(clockid_t clock)
{
    struct timespec at = {0};
    clock_gettime(clock, &at); /* cannot fail for these clocks */
    return at;
}

int64_t os_clock_seconds(void)
{
    return now(CLOCK_REALTIME).tv_sec;
}

void os_sleep_us(unsigned us)
{
    int saved = errno;
    const struct timespec wait = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)syscall(SYS_nanosleep, &wait, NULL);
    errno = saved;
}

uint64_t os_clock_ms(void)
{
    struct timespec at = now(CLOCK_MONOTONIC);
    return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

uint64_t os_clock_us(void)
{
    struct timespec at = now(CLOCK_MONOTONIC);
    return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

uint64_t os_clock_ns(void)
{
    struct timespec at = now(CLOCK_MONOTONIC);
    return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

struct date {
    unsigned year, month, day;
};

/* Days since 1970-01-01, not before it, in the Gregorian calendar. Years are counted from March,
 * so that the leap day is the last day of one; from then on months repeat in groups of 153 days
 * for five. */
static struct date date_of(uint64_t days)
{
    days += 719468; /* from 0000-03-01 to 1970-01-01 */
    uint64_t era = days / DAYS_IN_400_YEARS;
    unsigned left = (unsigned)(days % DAYS_IN_400_YEARS);
    unsigned century = left / DAYS_IN_CENTURY;
    century = century > 3 ? 3 : century; /* the 400th year has one day more */
    left -= century * DAYS_IN_CENTURY;
    unsigned four = left / 1461;
    left -= four * 1461;
    unsigned one = left / 365;
    one = one > 3 ? 3 : one;
    left -= one * 365;
    unsigned month = (5 * left + 2) / 153; /* 0 is March */
    bool next_year = month >= 10;
    return (struct date){
        .year = (unsigned)era * 400 + century * 100 + four * 4 + one + next_year,
        .month = next_year ? month - 9 : month + 3,
        .day = left - (153 * month + 2) / 5 + 1,
    };
}

void os_clock_rfc3339(int64_t seconds, char text[OS_CLOCK_TEXT])
{
    uint64_t since = seconds > 0 ? (uint64_t)seconds : 0;
    struct date date = date_of(since / DAY_S);
    unsigned of_day = (unsigned)(since % DAY_S);
    struct strbuf buf;
    strbuf_init(&buf, text, OS_CLOCK_TEXT);
    strbuf_printf(&buf, "%04u-%02u-%02uT%02u:%02u:%02uZ", date.year, date.month, date.day,
                  of_day / 3600, of_day / 60 % 60, of_day % 60);
}
