/* os/guards: pages without access, by each of the ways to make them. */
#include "os/guards.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/pages.h"
#include "support/guard_pages.h"
#include "support/suite.h"

enum { MANY = 1000 };

/* Runs `act` in a child: the signal it dies of, or 0. */
static int death_of_child(void (*act)(volatile char *at), char *at)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGSEGV, SIG_DFL); /* the test library's own handler is there */
        act(at);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void read_it(volatile char *at)
{
    (void)*at;
}

static void write_it(volatile char *at)
{
    *at = 1;
}

START_TEST(test_the_way_is_the_best_there_is_and_no_better_than_asked)
{
    os_guards_start(GUARDS_NONE);
    ck_assert_int_eq(os_guards_way(), GUARDS_NONE);
    os_guards_start(GUARDS_MPROTECT);
    ck_assert_int_eq(os_guards_way(), GUARDS_MPROTECT);
    os_guards_start(GUARDS_MADVISE);
    bool known = madvise(pages(1), OS_PAGE, 102) == 0;
    ck_assert_int_eq(os_guards_way(), known ? GUARDS_MADVISE : GUARDS_MPROTECT);
}
END_TEST

START_TEST(test_a_guard_stops_reads_and_writes_and_its_neighbours_none)
{
    os_guards_start(ways[_i]);
    char *at = pages(3);
    memset(at, 7, 3 * OS_PAGE);
    ck_assert(os_guard_install(at + OS_PAGE, OS_PAGE));
    ck_assert_int_eq(death_of_child(read_it, at + OS_PAGE), SIGSEGV);
    ck_assert_int_eq(death_of_child(write_it, at + 2 * OS_PAGE - 1), SIGSEGV);
    ck_assert_int_eq(death_of_child(read_it, at + OS_PAGE - 1), 0);
    ck_assert_int_eq(death_of_child(write_it, at + 2 * OS_PAGE), 0);
    ck_assert_int_eq(at[OS_PAGE - 1], 7);
    ck_assert_int_eq(at[2 * OS_PAGE], 7);
}
END_TEST

START_TEST(test_a_removed_guard_reads_as_zero_and_can_be_written)
{
    os_guards_start(ways[_i]);
    char *at = pages(3);
    memset(at, 7, 3 * OS_PAGE);
    ck_assert(os_guard_install(at, 2 * OS_PAGE));
    ck_assert(!is_open(at));
    ck_assert(!is_open(at + OS_PAGE));
    ck_assert(os_guard_remove(at, 2 * OS_PAGE));
    for (size_t i = 0; i < 2 * OS_PAGE; i++) {
        ck_assert_int_eq(at[i], 0);
    }
    memset(at, 8, 2 * OS_PAGE);
    ck_assert_int_eq(at[2 * OS_PAGE], 7);
}
END_TEST

START_TEST(test_closed_pages_stop_and_open_empty)
{
    os_guards_start(ways[_i]);
    char *at = pages(3);
    ck_assert(os_guard_install(at, OS_PAGE));
    ck_assert(os_guard_install(at + 2 * OS_PAGE, OS_PAGE));
    for (int round = 0; round < 3; round++) {
        at[OS_PAGE] = 5;
        ck_assert(os_guard_close(at + OS_PAGE, OS_PAGE));
        ck_assert_int_eq(death_of_child(write_it, at + OS_PAGE + 9), SIGSEGV);
        ck_assert(os_guard_open(at + OS_PAGE, OS_PAGE));
        ck_assert_int_eq(at[OS_PAGE], 0);
        ck_assert(!is_open(at));
        ck_assert(!is_open(at + 2 * OS_PAGE));
    }
}
END_TEST

START_TEST(test_many_open_at_once_and_only_they)
{
    os_guards_start(ways[_i]);
    char *at = pages(2 * MANY);
    struct iovec ranges[MANY];
    ck_assert(os_guard_install(at, OS_PAGE));
    for (size_t i = 1; i < 2 * MANY; i++) {
        ck_assert(os_guard_close(at + i * OS_PAGE, OS_PAGE));
    }
    for (size_t i = 0; i < MANY; i++) {
        ranges[i] = (struct iovec){at + (2 * i + 1) * OS_PAGE, OS_PAGE};
    }
    ck_assert(os_guard_open_many(ranges, MANY));
    for (size_t i = 0; i < 2 * MANY; i++) {
        ck_assert_int_eq(is_open(at + i * OS_PAGE), i % 2);
    }
    ck_assert(os_guard_open_many(ranges, 0));
    ck_assert(os_pages_populate_many(ranges, MANY));
    unsigned char resident[2 * MANY];
    ck_assert(os_pages_resident(at, 2 * MANY * OS_PAGE, resident));
    for (size_t i = 0; i < 2 * MANY; i++) {
        ck_assert_int_eq(resident[i] & 1, i % 2);
    }
}
END_TEST

START_TEST(test_discarding_around_a_guard_keeps_it)
{
    os_guards_start(ways[_i]);
    char *at = pages(3);
    memset(at, 7, 3 * OS_PAGE);
    ck_assert(os_guard_install(at + OS_PAGE, OS_PAGE));
    ck_assert(os_pages_discard(at, 3 * OS_PAGE));
    ck_assert_int_eq(at[0], 0);
    ck_assert(!is_open(at + OS_PAGE));
}
END_TEST

static void find_parents_guard(volatile char *at)
{
    bool stands = os_word_is_readable((uintptr_t)at - 8) && !is_open((const char *)at);
    bool opens = os_guard_remove((char *)at, OS_PAGE) && *at == 0;
    _exit(stands && opens ? 0 : 1);
}

START_TEST(test_a_child_has_the_guards_of_its_parent_as_its_own)
{
    os_guards_start(ways[_i]);
    char *at = pages(2);
    memset(at, 7, 2 * OS_PAGE);
    ck_assert(os_guard_install(at + OS_PAGE, OS_PAGE));
    pid_t child = fork();
    if (child == 0) {
        find_parents_guard(at + OS_PAGE);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert(!is_open(at + OS_PAGE));
}
END_TEST

START_TEST(test_pages_never_touched_are_guarded_in_children_too)
{
    os_guards_start(ways[_i]);
    char *at = pages(1);
    ck_assert(os_guard_install(at, OS_PAGE));
    ck_assert_int_eq(death_of_child(read_it, at), SIGSEGV);
}
END_TEST

START_TEST(test_memory_that_is_locked_has_guards_as_well)
{
    os_guards_start(ways[_i]);
    char *at = pages(3);
    memset(at, 7, 3 * OS_PAGE);
    ck_assert_int_eq(mlock(at, 3 * OS_PAGE), 0);
    ck_assert(os_guard_install(at + OS_PAGE, OS_PAGE));
    ck_assert(!is_open(at + OS_PAGE));
    struct guard_counts counts;
    os_guards_count(&counts);
    ck_assert_uint_eq(counts.by_mprotect, 1);
    ck_assert(os_guard_remove(at + OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[OS_PAGE], 0);
    ck_assert_int_eq(at[2 * OS_PAGE], 7);
    ck_assert(os_guard_close(at, OS_PAGE));
    ck_assert(!is_open(at));
    ck_assert(os_guard_open(at, OS_PAGE));
    ck_assert_int_eq(at[0], 0);
}
END_TEST

START_TEST(test_a_guard_from_before_a_lock_can_be_removed)
{
    os_guards_start(ways[_i]);
    char *at = pages(2);
    ck_assert(os_guard_install(at, OS_PAGE));
    (void)mlock(at, 2 * OS_PAGE); /* it says that not all could be had */
    ck_assert(!is_open(at));
    ck_assert(os_guard_remove(at, OS_PAGE));
    ck_assert(is_open(at));
}
END_TEST

START_TEST(test_guards_of_both_ways_side_by_side)
{
    os_guards_start(GUARDS_MADVISE);
    char *at = pages(4);
    ck_assert(os_guard_install(at, OS_PAGE));
    ck_assert_int_eq(mlock(at + OS_PAGE, 2 * OS_PAGE), 0);
    ck_assert(os_guard_install(at + OS_PAGE, OS_PAGE));
    os_guards_set_budget(0);
    ck_assert(os_guard_remove(at, OS_PAGE)); /* madvise's own gives nothing to the budget */
    struct guard_counts counts;
    os_guards_count(&counts);
    bool has_madvise = counts.by_madvise > 0;
    ck_assert_int_eq(os_guard_install(at + 2 * OS_PAGE, OS_PAGE), !has_madvise);
    ck_assert(os_guard_remove(at + OS_PAGE, OS_PAGE));
    ck_assert(os_guard_install(at + 2 * OS_PAGE, OS_PAGE) || !has_madvise);
    ck_assert(is_open(at + OS_PAGE));
    ck_assert(!is_open(at + 2 * OS_PAGE));
}
END_TEST

START_TEST(test_a_stretch_closed_in_both_ways_opens_whole)
{
    os_guards_start(GUARDS_MADVISE);
    char *at = pages(4);
    ck_assert(os_guard_install(at, 2 * OS_PAGE));
    ck_assert_int_eq(mlock(at + 2 * OS_PAGE, 2 * OS_PAGE), 0);
    ck_assert(os_guard_close(at + 2 * OS_PAGE, 2 * OS_PAGE));
    ck_assert(os_guard_open(at + OS_PAGE, 2 * OS_PAGE));
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(is_open(at + i * OS_PAGE), i == 1 || i == 2);
    }
}
END_TEST

START_TEST(test_without_a_way_all_is_refused_and_stays_as_it_is)
{
    os_guards_start(GUARDS_NONE);
    char *at = pages(2);
    at[0] = at[OS_PAGE] = 6;
    errno = EDOM;
    ck_assert(!os_guard_install(at, OS_PAGE));
    ck_assert(!os_guard_close(at + OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[0] + at[OS_PAGE], 12);
    struct guard_counts counts;
    os_guards_count(&counts);
    ck_assert_uint_eq(counts.refused, 2);
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

START_TEST(test_errno_stays_whatever_the_system_says)
{
    os_guards_start(ways[_i]);
    char *gone = pages(2);
    os_pages_unmap(gone, 2 * OS_PAGE);
    const struct iovec ranges[] = {{gone, OS_PAGE}, {gone + OS_PAGE, OS_PAGE}};
    errno = EDOM;
    ck_assert(!os_guard_install(gone, OS_PAGE));
    ck_assert(!os_guard_close(gone, OS_PAGE));
    ck_assert(!os_pages_populate(gone, OS_PAGE));
    ck_assert(!os_pages_populate_many(ranges, 2));
    if (os_guards_way() == GUARDS_MADVISE) {
        ck_assert(!os_guard_remove(gone, OS_PAGE));
        ck_assert(!os_guard_open_many(ranges, 2));
    }
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_the_way_is_the_best_there_is_and_no_better_than_asked);
    tcase_add_loop_test(all, test_a_guard_stops_reads_and_writes_and_its_neighbours_none, 0, WAYS);
    tcase_add_loop_test(all, test_a_removed_guard_reads_as_zero_and_can_be_written, 0, WAYS);
    tcase_add_loop_test(all, test_closed_pages_stop_and_open_empty, 0, WAYS);
    tcase_add_loop_test(all, test_many_open_at_once_and_only_they, 0, WAYS);
    tcase_add_loop_test(all, test_discarding_around_a_guard_keeps_it, 0, WAYS);
    tcase_add_loop_test(all, test_a_child_has_the_guards_of_its_parent_as_its_own, 0, WAYS);
    tcase_add_loop_test(all, test_pages_never_touched_are_guarded_in_children_too, 0, WAYS);
    tcase_add_loop_test(all, test_memory_that_is_locked_has_guards_as_well, 0, WAYS);
    tcase_add_loop_test(all, test_a_guard_from_before_a_lock_can_be_removed, 0, WAYS);
    tcase_add_test(all, test_guards_of_both_ways_side_by_side);
    tcase_add_test(all, test_a_stretch_closed_in_both_ways_opens_whole);
    tcase_add_test(all, test_without_a_way_all_is_refused_and_stays_as_it_is);
    tcase_add_loop_test(all, test_errno_stays_whatever_the_system_says, 0, WAYS);
}

int main(void)
{
    return suite_run("guards", add);
}
