/* Time of day and time passed. No locale, no time zone files, no allocation; async-signal-safe. */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdint.h>

/* "2026-02-28T23:59:59Z" and its NUL; years to 9999. */
enum { OS_CLOCK_TEXT = 24 };

int64_t os_clock_seconds(void); /* since 1970-01-01T00:00:00Z */

/* Time that passed since some moment in the past; never goes back. */
uint64_t os_clock_ms(void);
uint64_t os_clock_us(void);
uint64_t os_clock_ns(void);

/* Lets others run for that long, or until a signal comes. */
void os_sleep_us(unsigned us);

/* A moment as RFC 3339 writes it, in UTC. */
void os_clock_rfc3339(int64_t seconds, char text[OS_CLOCK_TEXT]);

#endif
