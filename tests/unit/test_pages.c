/* os/pages: memory from the kernel. */
#include "os/pages.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/align.h"
#include "support/suite.h"

enum { MANY = 16 };

START_TEST(test_mapped_memory_is_zero_and_ours)
{
    char *at = os_pages_map(MANY * OS_PAGE);
    ck_assert_ptr_nonnull(at);
    ck_assert_uint_eq((uintptr_t)at % OS_PAGE, 0);
    for (size_t i = 0; i < MANY * OS_PAGE; i += 512) {
        ck_assert_int_eq(at[i], 0);
    }
    memset(at, 1, MANY * OS_PAGE);
    os_pages_unmap(at, MANY * OS_PAGE);
    ck_assert(!os_pages_are_mapped(at, OS_PAGE));
}
END_TEST

START_TEST(test_a_reservation_is_aligned_and_trimmed)
{
    for (size_t alignment = OS_PAGE; alignment <= 64u << 20; alignment *= 2) {
        char *at = os_pages_reserve(MANY * OS_PAGE, alignment);
        ck_assert_ptr_nonnull(at);
        ck_assert_uint_eq((uintptr_t)at % alignment, 0);
        ck_assert(os_pages_are_mapped(at, MANY * OS_PAGE));
        os_pages_unmap(at, MANY * OS_PAGE);
    }
}
END_TEST

START_TEST(test_committed_pages_hold_data_until_decommitted)
{
    char *at = os_pages_reserve(MANY * OS_PAGE, OS_PAGE);
    ck_assert(os_pages_commit(at + OS_PAGE, 2 * OS_PAGE));
    memset(at + OS_PAGE, 5, 2 * OS_PAGE);
    ck_assert(os_pages_decommit(at + OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[2 * OS_PAGE], 5);
    ck_assert(os_pages_commit(at + OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[OS_PAGE], 0);
    ck_assert(os_pages_discard(at + 2 * OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[2 * OS_PAGE], 0);
    os_pages_unmap(at, MANY * OS_PAGE);
}
END_TEST

static bool a_child_reads_zero(const volatile char *at)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(*at);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status == 0;
}

START_TEST(test_reserved_pages_cannot_be_read)
{
    char *at = os_pages_reserve(OS_PAGE, OS_PAGE);
    ck_assert(!a_child_reads_zero(at));
    ck_assert(os_pages_commit(at, OS_PAGE));
    ck_assert(a_child_reads_zero(at));
    ck_assert(os_pages_decommit(at, OS_PAGE));
    ck_assert(!a_child_reads_zero(at));
    os_pages_unmap(at, OS_PAGE);
}
END_TEST

START_TEST(test_contents_move_without_copying)
{
    char *from = os_pages_map(MANY * OS_PAGE), *to = os_pages_map(MANY * OS_PAGE);
    for (size_t i = 0; i < MANY; i++) {
        from[i * OS_PAGE] = (char)(i + 1);
    }
    ck_assert(os_pages_move(from, MANY * OS_PAGE, to));
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_int_eq(to[i * OS_PAGE], (char)(i + 1));
        ck_assert_int_eq(from[i * OS_PAGE], 0);
    }
    os_pages_unmap(from, MANY * OS_PAGE);
    os_pages_unmap(to, MANY * OS_PAGE);
}
END_TEST

START_TEST(test_what_does_not_move_leaves_its_target_usable)
{
    char *area = os_pages_map(3 * MANY * OS_PAGE), *to = area + 2 * MANY * OS_PAGE;
    memset(area, 1, 2 * MANY * OS_PAGE);
    ck_assert(
        os_pages_move(area, MANY * OS_PAGE, to)); /* now two pieces: what came, and the rest */
    to -= MANY / 2 * OS_PAGE;
    bool moved = os_pages_move(to, MANY * OS_PAGE, area);
    memset(area, 2, MANY * OS_PAGE);
    ck_assert_int_eq(to[0], moved ? 0 : 1);
    ck_assert_int_eq(to[(MANY - 1) * OS_PAGE], moved ? 0 : 1);
    os_pages_unmap(area, 3 * MANY * OS_PAGE);
}
END_TEST

START_TEST(test_resident_pages_are_those_that_were_used)
{
    char *at = os_pages_map(MANY * OS_PAGE);
    at[3 * OS_PAGE] = at[9 * OS_PAGE] = 1;
    unsigned char resident[MANY];
    ck_assert(os_pages_resident(at, MANY * OS_PAGE, resident));
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(resident[i] & 1, i == 3 || i == 9);
    }
    os_pages_unmap(at, MANY * OS_PAGE);
    ck_assert(!os_pages_resident(at, MANY * OS_PAGE, resident));
}
END_TEST

START_TEST(test_a_gap_is_not_mapped)
{
    enum { PAGES = 200 };
    char *at = os_pages_map(PAGES * OS_PAGE);
    ck_assert(os_pages_are_mapped(at, PAGES * OS_PAGE));
    os_pages_unmap(at + 150 * OS_PAGE, OS_PAGE);
    ck_assert(!os_pages_are_mapped(at, PAGES * OS_PAGE));
    ck_assert(os_pages_are_mapped(at, 150 * OS_PAGE));
    os_pages_unmap(at, PAGES * OS_PAGE);
}
END_TEST

START_TEST(test_a_wiped_page_is_zero_in_a_child_and_stays_here)
{
    char *at = os_pages_map_wiped_on_fork();
    ck_assert_ptr_nonnull(at);
    *at = 9;
    ck_assert(a_child_reads_zero(at));
    ck_assert_int_eq(*at, 9);
    os_pages_unmap(at, OS_PAGE);
}
END_TEST

START_TEST(test_the_chosen_call_fails_once_or_from_then_on)
{
    os_pages_fail_at(2, false);
    void *first = os_pages_map(OS_PAGE);
    errno = EDOM;
    ck_assert_ptr_null(os_pages_reserve(OS_PAGE, OS_PAGE));
    ck_assert_int_eq(errno, EDOM);
    ck_assert(os_pages_commit(first, OS_PAGE));
    os_pages_fail_at(1, true);
    ck_assert(!os_pages_commit(first, OS_PAGE));
    ck_assert_ptr_null(os_pages_map(OS_PAGE));
    ck_assert_ptr_null(os_pages_map(OS_PAGE));
    os_pages_fail_at(0, false);
    os_pages_unmap(first, OS_PAGE);
}
END_TEST

START_TEST(test_what_cannot_be_had_is_null_and_errno_stays)
{
    errno = EDOM;
    ck_assert_ptr_null(os_pages_map((size_t)1 << 62));
    ck_assert_ptr_null(os_pages_reserve((size_t)1 << 62, 1u << 20));
    ck_assert(!os_pages_commit((void *)align_down(UINTPTR_MAX / 4, OS_PAGE), OS_PAGE));
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_mapped_memory_is_zero_and_ours);
    tcase_add_test(all, test_a_reservation_is_aligned_and_trimmed);
    tcase_add_test(all, test_committed_pages_hold_data_until_decommitted);
    tcase_add_test(all, test_reserved_pages_cannot_be_read);
    tcase_add_test(all, test_contents_move_without_copying);
    tcase_add_test(all, test_what_does_not_move_leaves_its_target_usable);
    tcase_add_test(all, test_resident_pages_are_those_that_were_used);
    tcase_add_test(all, test_a_gap_is_not_mapped);
    tcase_add_test(all, test_a_wiped_page_is_zero_in_a_child_and_stays_here);
    tcase_add_test(all, test_the_chosen_call_fails_once_or_from_then_on);
    tcase_add_test(all, test_what_cannot_be_had_is_null_and_errno_stays);
}

int main(void)
{
    return suite_run("pages", add);
}
