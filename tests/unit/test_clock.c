/* os/clock, os/entropy and os/status: small things asked of the system. */
#include "os/clock.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/entropy.h"
#include "os/status.h"
#include "support/suite.h"

static void assert_as_libc(int64_t seconds)
{
    char ours[OS_CLOCK_TEXT], theirs[64];
    struct tm parts;
    time_t at = seconds;
    os_clock_rfc3339(seconds, ours);
    strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &parts));
    ck_assert_str_eq(ours, theirs);
}

START_TEST(test_dates_are_those_of_libc)
{
    const int64_t end = 253402300799;            /* 9999-12-31T23:59:59Z */
    for (int64_t day = 0; day < 240000; day++) { /* every day until 2627: all kinds of years */
        assert_as_libc(day * 86400 + day % 86400);
    }
    for (int64_t at = 0; at < end; at += 86400 * 97 + 12345) {
        assert_as_libc(at);
    }
    assert_as_libc(end);
}
END_TEST

START_TEST(test_time_goes_on)
{
    uint64_t before_ms = os_clock_ms();
    usleep(20000);
    uint64_t passed_ms = os_clock_ms() - before_ms;
    ck_assert_uint_ge(passed_ms, 19);
    ck_assert_uint_lt(passed_ms, 5000);
    ck_assert_int_le(llabs(os_clock_seconds() - (int64_t)time(NULL)), 1);
}
END_TEST

START_TEST(test_secrets_differ)
{
    uint64_t seen[100];
    errno = EDOM;
    for (int i = 0; i < 100; i++) {
        seen[i] = os_entropy();
        for (int j = 0; j < i; j++) {
            ck_assert_uint_ne(seen[i], seen[j]);
        }
    }
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

START_TEST(test_numbers_in_status_files_are_found)
{
    uint64_t value;
    ck_assert(os_status_number("/proc/self/status", "Pid:", 10, &value));
    ck_assert_uint_eq(value, (uint64_t)getpid());
    ck_assert(os_status_number("/proc/self/status", "SigBlk:", 16, &value));
    ck_assert(!os_status_number("/proc/self/status", "NoSuch:", 10, &value));
    ck_assert(!os_status_number("/no/such/file", "Pid:", 10, &value));
}
END_TEST

START_TEST(test_lines_of_any_length_are_passed_over)
{
    char path[] = "/tmp/coalmine-status-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    char filler[5000];
    memset(filler, 'x', sizeof filler);
    memcpy(filler + 3000, "Wanted: 1 ", 10); /* not at the start of a line */
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(write(fd, filler, sizeof filler - 1000 * i), 5000 - 1000 * i);
        ck_assert_int_eq(write(fd, "\n", 1), 1);
    }
    ck_assert_int_eq(write(fd, "Wanted:\t00ff\nOther: 3\n", 22), 22);
    close(fd);
    uint64_t value;
    ck_assert(os_status_number(path, "Wanted:", 16, &value));
    ck_assert_uint_eq(value, 255);
    ck_assert(os_status_number(path, "Other:", 10, &value));
    ck_assert_uint_eq(value, 3);
    unlink(path);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_dates_are_those_of_libc);
    tcase_add_test(all, test_time_goes_on);
    tcase_add_test(all, test_secrets_differ);
    tcase_add_test(all, test_numbers_in_status_files_are_found);
    tcase_add_test(all, test_lines_of_any_length_are_passed_over);
}

int main(void)
{
    return suite_run("clock", add);
}
