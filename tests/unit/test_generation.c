/* alloc/generation: marks rise, what came before a fork is inherited, ignoring nests. */
#include "alloc/generation.h"

#include <check.h>
#include <stdlib.h>

#include "support/live_heap.h"
#include "support/suite.h"

START_TEST(test_each_mark_begins_a_generation)
{
    live_heap_start();
    void *before = take(10);
    uint32_t first = heap_mark();
    void *between = take(10);
    uint32_t second = heap_mark();
    void *after = take(100000);
    ck_assert_uint_ge(first, 1);
    ck_assert_uint_gt(second, first);
    ck_assert_uint_lt(info_of(before).generation, first);
    ck_assert_uint_eq(info_of(between).generation, first);
    ck_assert_uint_eq(info_of(after).generation, second);
}
END_TEST

START_TEST(test_a_resized_block_is_of_the_new_generation)
{
    live_heap_start();
    void *in_place = take(100), *moved = take(100);
    uint32_t mark = heap_mark();
    ck_assert_uint_eq(info_of(resize(in_place, 99)).generation, mark);
    ck_assert_uint_eq(info_of(resize(moved, 5000)).generation, mark);
}
END_TEST

START_TEST(test_what_came_before_is_inherited)
{
    live_heap_start();
    void *before = take(10);
    ck_assert(!info_of(before).inherited);
    heap_inherit_all();
    void *after = take(10);
    ck_assert(info_of(before).inherited);
    ck_assert(!info_of(after).inherited);
    (void)heap_mark();
    ck_assert(!info_of(after).inherited);
}
END_TEST

START_TEST(test_an_ignored_block_stays_so_when_resized)
{
    live_heap_start();
    void *block = take(100), *plain = take(100);
    ck_assert(block_ignore((uintptr_t)block));
    ck_assert(info_of(block).ignored && !info_of(plain).ignored);
    block = resize(block, 99);
    ck_assert(info_of(block).ignored);
    block = resize(block, 5000);
    ck_assert(info_of(block).ignored);
    block = resize(block, 200000);
    ck_assert(info_of(block).ignored);
    ck_assert(!info_of(resize(plain, 5000)).ignored);
}
END_TEST

START_TEST(test_ignoring_nests_and_ends)
{
    live_heap_start();
    heap_ignore_end();
    heap_ignore_begin();
    heap_ignore_begin();
    heap_ignore_end();
    ck_assert(info_of(take(10)).ignored);
    ck_assert(info_of(take(100000)).ignored);
    heap_ignore_end();
    ck_assert(!info_of(take(10)).ignored);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_each_mark_begins_a_generation);
    tcase_add_test(all, test_a_resized_block_is_of_the_new_generation);
    tcase_add_test(all, test_what_came_before_is_inherited);
    tcase_add_test(all, test_an_ignored_block_stays_so_when_resized);
    tcase_add_test(all, test_ignoring_nests_and_ends);
}

int main(void)
{
    return suite_run("generation", add);
}
