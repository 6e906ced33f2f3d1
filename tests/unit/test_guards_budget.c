/* os/guards: how many there can be, by each way, and what long ranges cost. */
#include <string.h>
#include <sys/mman.h>

#include "os/guards.h"
#include "support/guard_pages.h"
#include "support/suite.h"

START_TEST(test_mprotect_ends_with_its_budget_and_has_it_back)
{
    os_guards_start(GUARDS_MPROTECT);
    char *at = pages(20);
    os_guards_set_budget(3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(os_guard_install(at + (2 * i + 1) * OS_PAGE, OS_PAGE));
    }
    at[7 * OS_PAGE] = 4;
    ck_assert(!os_guard_install(at + 7 * OS_PAGE, OS_PAGE));
    ck_assert_int_eq(at[7 * OS_PAGE], 4);
    ck_assert(os_guard_close(at + 2 * OS_PAGE, OS_PAGE)); /* between two: free */
    ck_assert(os_guard_open(at + 2 * OS_PAGE, OS_PAGE));
    ck_assert(!os_guard_install(at + 7 * OS_PAGE, OS_PAGE));
    ck_assert(os_guard_remove(at + OS_PAGE, OS_PAGE));
    ck_assert(os_guard_install(at + 7 * OS_PAGE, OS_PAGE));
    struct guard_counts counts;
    os_guards_count(&counts);
    ck_assert_uint_eq(counts.by_madvise, 0);
    ck_assert_uint_eq(counts.by_mprotect, 4);
    ck_assert_uint_eq(counts.refused, 2);
}
END_TEST

/* One guard in every second page, until one is refused. */
static size_t guards_to_be_had(size_t most)
{
    char *at = pages(2 * most);
    size_t count = 0;
    while (count < most && os_guard_install(at + 2 * count * OS_PAGE, OS_PAGE)) {
        count++;
    }
    return count;
}

START_TEST(test_long_ranges_are_closed_as_one_mapping)
{
    enum { PAGES = OS_GUARD_LONG / 4096 };
    os_guards_start(ways[_i]);
    os_guards_set_budget(2);
    char *at = pages(PAGES + 2);
    ck_assert(os_guard_install(at, OS_PAGE));
    ck_assert(os_guard_install(at + OS_GUARD_LONG + OS_PAGE, OS_PAGE));
    for (int round = 0; round < 5; round++) {
        memset(at + OS_PAGE, 5, OS_GUARD_LONG);
        ck_assert(os_guard_close(at + OS_PAGE, OS_GUARD_LONG));
        ck_assert(!is_open(at + OS_PAGE));
        ck_assert(!is_open(at + OS_GUARD_LONG));
        ck_assert(os_guard_open(at + OS_PAGE, OS_GUARD_LONG));
        ck_assert_int_eq(at[OS_PAGE] | at[OS_GUARD_LONG], 0);
        ck_assert(!is_open(at));
        ck_assert(!is_open(at + OS_GUARD_LONG + OS_PAGE));
    }
}
END_TEST

START_TEST(test_long_ranges_go_by_madvise_when_the_budget_is_gone)
{
    os_guards_start(GUARDS_MADVISE);
    os_guards_set_budget(1);
    if (os_guards_way() != GUARDS_MADVISE) {
        return;
    }
    char *at = pages(2 * OS_GUARD_LONG / OS_PAGE);
    for (int round = 0; round < 3; round++) {
        memset(at, 5, 2 * OS_GUARD_LONG);
        ck_assert(os_guard_close(at, OS_GUARD_LONG));
        ck_assert(os_guard_close(at + OS_GUARD_LONG, OS_GUARD_LONG));
        ck_assert(!is_open(at) && !is_open(at + OS_GUARD_LONG));
        ck_assert(os_guard_open(at + OS_GUARD_LONG, OS_GUARD_LONG));
        ck_assert(!is_open(at + OS_GUARD_LONG - OS_PAGE));
        ck_assert(os_guard_open(at, OS_GUARD_LONG));
        ck_assert_int_eq(at[0] | at[2 * OS_GUARD_LONG - 1], 0);
    }
}
END_TEST

START_TEST(test_the_program_is_left_a_quarter_of_the_mappings)
{
    enum { MOST = 1 << 21, OWN = 1000 };
    os_guards_start(GUARDS_MPROTECT);
    size_t guards = guards_to_be_had(MOST);
    ck_assert_uint_gt(guards, 1000);
    ck_assert_uint_lt(guards, MOST); /* whatever vm.max_map_count is, it is less than that */
    char *own = pages(2 * OWN);
    for (size_t i = 0; i < OWN; i++) {
        ck_assert_int_eq(mprotect(own + 2 * i * OS_PAGE, OS_PAGE, PROT_READ), 0);
    }
}
END_TEST

START_TEST(test_madvise_makes_more_guards_than_there_can_be_mappings)
{
    enum { ENOUGH = 100000 };
    os_guards_start(GUARDS_MADVISE);
    if (os_guards_way() == GUARDS_MADVISE) {
        ck_assert_uint_eq(guards_to_be_had(ENOUGH), ENOUGH);
        struct guard_counts counts;
        os_guards_count(&counts);
        ck_assert_uint_eq(counts.by_madvise, ENOUGH);
        ck_assert_uint_eq(counts.by_mprotect + counts.refused, 0);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_mprotect_ends_with_its_budget_and_has_it_back);
    tcase_add_loop_test(all, test_long_ranges_are_closed_as_one_mapping, 0, WAYS);
    tcase_add_test(all, test_long_ranges_go_by_madvise_when_the_budget_is_gone);
    tcase_add_test(all, test_the_program_is_left_a_quarter_of_the_mappings);
    tcase_add_test(all, test_madvise_makes_more_guards_than_there_can_be_mappings);
}

int main(void)
{
    return suite_run("guards_budget", add);
}
