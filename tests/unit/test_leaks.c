/* inspect/leaks: which blocks of a hand-made heap are leaks, and under which leader. */
#include "inspect/leaks.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "os/pages.h"
#include "support/fake_heap.h"
#include "support/suite.h"

enum { BYTES = 32, STACK = FAKE_STACKS + 7, OTHER_STACK = FAKE_STACKS + 8 };

static void *volatile root;

static struct leak_report report;

/* The deeper stack is cleaned first: what earlier calls left there is not looked at, but what
 * the scan's own callers leave unwritten of their frames is. */
static __attribute__((noinline)) void find(void)
{
    fake_wipe_frames();
    struct leak_query query = {0};
    LEAKS_FIND_HERE(&query, &report);
}

static void start(void)
{
    root = NULL;
    fake_clear();
}

static void finish(void)
{
    leaks_free(&report);
}

static void assert_one_group(uint64_t blocks, uint64_t indirect_blocks)
{
    ck_assert(!report.failed);
    ck_assert_uint_eq(report.count, 1);
    ck_assert_uint_eq(report.groups[0].blocks, blocks);
    ck_assert_uint_eq(report.groups[0].indirect_blocks, indirect_blocks);
}

START_TEST(test_a_block_nothing_points_to_is_a_leak)
{
    fake_make(BYTES, STACK);
    find();
    assert_one_group(1, 0);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
    ck_assert_uint_eq(report.groups[0].bytes, BYTES);
    ck_assert_int_eq(report.groups[0].kind, LEAK_DEFINITE);
    ck_assert_uint_eq(report.blocks, 1);
    ck_assert_uint_eq(report.bytes, BYTES);
}
END_TEST

START_TEST(test_a_block_a_global_points_to_is_not)
{
    fake_point((void *)&root, fake_make(BYTES, STACK), 0);
    find();
    ck_assert(!report.failed);
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_the_last_byte_may_keep_a_block_and_the_one_past_it_does_not)
{
    fake_block block = fake_make(BYTES, STACK);
    fake_point((void *)&root, block, BYTES - 1);
    find();
    assert_one_group(1, 0);
    ck_assert_int_eq(report.groups[0].kind, LEAK_POSSIBLE);
    leaks_free(&report);
    fake_point((void *)&root, block, BYTES);
    find();
    assert_one_group(1, 0);
    ck_assert_int_eq(report.groups[0].kind, LEAK_DEFINITE);
}
END_TEST

START_TEST(test_an_empty_block_is_kept_by_its_address)
{
    fake_point((void *)&root, fake_make(0, STACK), 0);
    find();
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_a_freed_block_is_no_leak_and_keeps_nothing)
{
    fake_block freed = fake_make(BYTES, OTHER_STACK);
    fake_link(freed, 0, fake_make(BYTES, STACK));
    fake_release(freed);
    fake_point((void *)&root, freed, 0);
    find();
    assert_one_group(1, 0);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
}
END_TEST

START_TEST(test_a_chain_from_a_root_is_kept_to_its_end)
{
    fake_block block = fake_make(BYTES, STACK);
    fake_point((void *)&root, block, 0);
    for (int i = 0; i < 3000; i++) {
        fake_block next = fake_make(BYTES, STACK);
        fake_link(block, 8 * (i % 4), next);
        block = next;
    }
    find();
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_what_a_leak_leads_to_is_counted_under_it)
{
    fake_block leader = fake_make(BYTES, STACK), second = fake_make(BYTES, OTHER_STACK);
    fake_link(leader, 8, second);
    fake_link(second, 16, fake_make(100, OTHER_STACK));
    find();
    assert_one_group(1, 2);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
    ck_assert_uint_eq(report.groups[0].indirect_bytes, BYTES + 100);
    ck_assert_uint_eq(report.indirect_blocks, 2);
}
END_TEST

START_TEST(test_the_leader_may_lie_behind_what_it_leads_to)
{
    fake_block last = fake_make(BYTES, OTHER_STACK), second = fake_make(BYTES, OTHER_STACK);
    fake_block leader = fake_make(BYTES, STACK);
    fake_link(second, 0, last);
    fake_link(leader, 0, second);
    find();
    assert_one_group(1, 2);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
}
END_TEST

START_TEST(test_a_cycle_has_one_leader)
{
    fake_block a = fake_make(BYTES, STACK), b = fake_make(BYTES, STACK),
               c = fake_make(BYTES, STACK);
    fake_link(a, 0, b);
    fake_link(b, 0, c);
    fake_link(c, 0, a);
    find();
    assert_one_group(1, 2);
}
END_TEST

START_TEST(test_a_cycle_with_a_way_in_is_counted_under_that)
{
    fake_block a = fake_make(BYTES, OTHER_STACK), b = fake_make(BYTES, OTHER_STACK);
    fake_block leader = fake_make(BYTES, STACK), behind = fake_make(BYTES, OTHER_STACK);
    fake_link(a, 0, b);
    fake_link(b, 0, a);
    fake_link(b, 8, behind);
    fake_link(behind, 0, a);
    fake_link(leader, 0, a);
    find();
    assert_one_group(1, 3);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
}
END_TEST

START_TEST(test_a_block_that_points_to_itself_is_a_leader)
{
    fake_block self = fake_make(BYTES, STACK);
    fake_link(self, 0, self);
    find();
    assert_one_group(1, 0);
}
END_TEST

START_TEST(test_a_block_with_two_leaders_is_counted_once)
{
    fake_block a = fake_make(BYTES, STACK), shared = fake_make(BYTES, OTHER_STACK);
    fake_block b = fake_make(BYTES, STACK);
    fake_link(a, 0, shared);
    fake_link(b, 0, shared);
    find();
    assert_one_group(2, 1);
}
END_TEST

START_TEST(test_a_reached_block_keeps_what_a_leak_leads_to)
{
    fake_block kept = fake_make(BYTES, STACK), shared = fake_make(BYTES, STACK);
    fake_block leaked = fake_make(BYTES, OTHER_STACK);
    fake_link(kept, 0, shared);
    fake_link(leaked, 0, shared);
    fake_point((void *)&root, kept, 0);
    find();
    assert_one_group(1, 0);
    ck_assert_uint_eq(report.groups[0].alloc_stack, OTHER_STACK);
}
END_TEST

START_TEST(test_groups_come_by_size_with_what_they_lead_to)
{
    fake_make(50, FAKE_STACKS + 1);
    fake_block leader = fake_make(10, FAKE_STACKS + 2);
    fake_link(leader, 0, fake_make(100, FAKE_STACKS + 3));
    fake_make(30, FAKE_STACKS + 4);
    fake_make(30, FAKE_STACKS + 4);
    find();
    ck_assert_uint_eq(report.count, 3);
    ck_assert_uint_eq(report.groups[0].alloc_stack, FAKE_STACKS + 2);
    ck_assert_uint_eq(report.groups[1].alloc_stack, FAKE_STACKS + 4);
    ck_assert_uint_eq(report.groups[1].blocks, 2);
    ck_assert_uint_eq(report.groups[2].alloc_stack, FAKE_STACKS + 1);
    ck_assert_uint_eq(report.bytes, 50 + 10 + 60);
}
END_TEST

START_TEST(test_many_groups_are_all_kept)
{
    for (uint32_t i = 0; i < 2000; i++) {
        fake_make(BYTES, FAKE_STACKS + i);
    }
    find();
    ck_assert_uint_eq(report.count, 2000);
    ck_assert_uint_eq(report.blocks, 2000);
}
END_TEST

START_TEST(test_a_large_block_is_looked_into_where_it_was_used)
{
    fake_block large = fake_make(3 * 256 * 1024, OTHER_STACK), small = fake_make(BYTES, STACK);
    fake_point((void *)&root, large, 0);
    fake_link(large, 2 * 256 * 1024 + 8, small);
    find();
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_any_mapping_that_fails_is_told_and_leaves_nothing)
{
    fake_make(BYTES, STACK);
    bool done = false;
    for (unsigned long nth = 1; !done && nth < 100; nth++) {
        os_pages_fail_at(nth, false);
        find();
        os_pages_fail_at(0, false);
        done = !report.failed;
        ck_assert(done ? report.count == 1 : report.count == 0);
        leaks_free(&report);
    }
    ck_assert(done);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, finish);
    tcase_add_test(all, test_a_block_nothing_points_to_is_a_leak);
    tcase_add_test(all, test_a_block_a_global_points_to_is_not);
    tcase_add_test(all, test_the_last_byte_may_keep_a_block_and_the_one_past_it_does_not);
    tcase_add_test(all, test_an_empty_block_is_kept_by_its_address);
    tcase_add_test(all, test_a_freed_block_is_no_leak_and_keeps_nothing);
    tcase_add_test(all, test_a_chain_from_a_root_is_kept_to_its_end);
    tcase_add_test(all, test_what_a_leak_leads_to_is_counted_under_it);
    tcase_add_test(all, test_the_leader_may_lie_behind_what_it_leads_to);
    tcase_add_test(all, test_a_cycle_has_one_leader);
    tcase_add_test(all, test_a_cycle_with_a_way_in_is_counted_under_that);
    tcase_add_test(all, test_a_block_that_points_to_itself_is_a_leader);
    tcase_add_test(all, test_a_block_with_two_leaders_is_counted_once);
    tcase_add_test(all, test_a_reached_block_keeps_what_a_leak_leads_to);
    tcase_add_test(all, test_groups_come_by_size_with_what_they_lead_to);
    tcase_add_test(all, test_many_groups_are_all_kept);
    tcase_add_test(all, test_a_large_block_is_looked_into_where_it_was_used);
    tcase_add_test(all, test_any_mapping_that_fails_is_told_and_leaves_nothing);
}

int main(void)
{
    return suite_run("leaks", add);
}
