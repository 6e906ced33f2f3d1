/* inspect/leaks: possible and reachable blocks, what explains an interior pointer, marks, ignored
 * blocks, declared regions. */
#include "inspect/leaks.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/allocate.h"
#include "alloc/generation.h"
#include "alloc/thread_names.h"
#include "inspect/regions.h"
#include "support/fake_heap.h"
#include "support/suite.h"

enum { BYTES = 64, STACK = FAKE_STACKS + 7, OTHER_STACK = FAKE_STACKS + 8 };

static void *volatile root;
static struct leak_report report;

/* Its frame lies where the stack was cleaned. */
static __attribute__((noinline)) void look(struct leak_query *query)
{
    LEAKS_FIND_HERE(query, &report);
}

static __attribute__((noinline)) void find_by(struct leak_query query)
{
    leaks_free(&report);
    fake_wipe_frames();
    look(&query);
    ck_assert(!report.failed);
}

static void find(void)
{
    find_by((struct leak_query){0});
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

static void put(fake_block block, size_t at, uintptr_t word)
{
    memcpy((char *)~fake_masked_address(block) + at, &word, sizeof word);
    FAKE_FORGET();
}

/* The root points into the block, and that makes it the given kind. */
static void assert_kind_at(fake_block block, size_t offset, enum leak_kind kind)
{
    fake_point((void *)&root, block, offset);
    find_by((struct leak_query){.with_reachable = true});
    ck_assert_uint_eq(report.count, 1);
    ck_assert_int_eq(report.groups[0].kind, kind);
    ck_assert_uint_eq(report.of[kind].blocks, 1);
    ck_assert_uint_eq(report.blocks, kind != LEAK_REACHABLE);
}

START_TEST(test_a_start_pointer_makes_reachable_and_an_interior_one_possible)
{
    fake_block block = fake_make(BYTES, STACK);
    assert_kind_at(block, 0, LEAK_REACHABLE);
    assert_kind_at(block, 8, LEAK_POSSIBLE);
    assert_kind_at(block, BYTES - 1, LEAK_POSSIBLE);
    assert_kind_at(block, BYTES, LEAK_DEFINITE);
}
END_TEST

START_TEST(test_reachable_blocks_are_grouped_on_request_only)
{
    fake_point((void *)&root, fake_make(BYTES, STACK), 0);
    find();
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_what_a_possible_block_leads_to_is_counted_under_it)
{
    fake_block block = fake_make(BYTES, STACK), next = fake_make(BYTES, OTHER_STACK);
    fake_link(block, 0, next);
    fake_link(next, 8, fake_make(10, OTHER_STACK));
    assert_kind_at(block, 16, LEAK_POSSIBLE);
    ck_assert_uint_eq(report.groups[0].alloc_stack, STACK);
    ck_assert_uint_eq(report.groups[0].indirect_blocks, 2);
    ck_assert_uint_eq(report.groups[0].indirect_bytes, BYTES + 10);
}
END_TEST

START_TEST(test_an_interior_pointer_in_a_leak_leads_on)
{
    fake_block leader = fake_make(BYTES, STACK), inner = fake_make(BYTES, OTHER_STACK);
    fake_point((void *)(~fake_masked_address(leader) + 8), inner, 24);
    find();
    ck_assert_uint_eq(report.count, 1);
    ck_assert_int_eq(report.groups[0].kind, LEAK_DEFINITE);
    ck_assert_uint_eq(report.groups[0].indirect_blocks, 1);
}
END_TEST

START_TEST(test_definite_and_possible_blocks_of_one_stack_are_two_groups)
{
    fake_point((void *)&root, fake_make(BYTES, STACK), 8);
    fake_make(BYTES, STACK);
    find();
    ck_assert_uint_eq(report.count, 2);
    ck_assert_uint_eq(report.of[LEAK_DEFINITE].blocks, 1);
    ck_assert_uint_eq(report.of[LEAK_POSSIBLE].blocks, 1);
    ck_assert_uint_eq(report.blocks, 2);
}
END_TEST

/* length, capacity, reference count, text and its terminator */
START_TEST(test_the_text_of_an_old_string_keeps_it)
{
    fake_block string = fake_make(24 + 30 + 1, STACK);
    put(string, 0, 12);
    put(string, 8, 30);
    assert_kind_at(string, 24, LEAK_REACHABLE);
    assert_kind_at(string, 25, LEAK_POSSIBLE);
    put(string, 8, 29);
    assert_kind_at(string, 24, LEAK_POSSIBLE);
    put(string, 8, 30);
    put(string, 0, 31);
    assert_kind_at(string, 24, LEAK_POSSIBLE);
}
END_TEST

START_TEST(test_a_length_before_the_data_keeps_them)
{
    fake_block data = fake_make(8 + 1000, STACK);
    put(data, 0, 1000);
    assert_kind_at(data, 8, LEAK_REACHABLE);
    put(data, 0, 999);
    assert_kind_at(data, 8, LEAK_POSSIBLE);
}
END_TEST

START_TEST(test_an_array_is_kept_by_its_first_element)
{
    fake_block array = fake_make_by(API_NEW_ARRAY, 8 + 5 * 24, 16, STACK);
    put(array, 0, 5);
    assert_kind_at(array, 8, LEAK_REACHABLE);
    put(array, 0, 7);
    assert_kind_at(array, 8, LEAK_POSSIBLE);
    put(array, 0, 0);
    assert_kind_at(array, 8, LEAK_POSSIBLE);
}
END_TEST

START_TEST(test_an_array_of_strictly_aligned_elements_is_kept_by_the_first)
{
    fake_block array = fake_make_by(API_NEW_ARRAY, 16 + 3 * 32, 16, STACK);
    put(array, 8, 3);
    assert_kind_at(array, 16, LEAK_REACHABLE);
}
END_TEST

static void a_function(void)
{
}

/* As a compiler lays out the tables of a class with two bases: in memory that is relocated and then
 * made read-only. */
static void (*const first_table[2])(void) = {a_function, a_function};
static void (*const second_table[2])(void) = {NULL, a_function};

START_TEST(test_an_object_is_kept_by_its_second_base)
{
    fake_block object = fake_make(BYTES, STACK);
    put(object, 0, (uintptr_t)first_table);
    put(object, 16, (uintptr_t)second_table);
    assert_kind_at(object, 16, LEAK_REACHABLE);
    assert_kind_at(object, 24, LEAK_POSSIBLE);
    put(object, 0, (uintptr_t)&root);
    assert_kind_at(object, 16, LEAK_POSSIBLE);
}
END_TEST

START_TEST(test_a_strictly_aligned_block_is_kept_by_its_start)
{
    fake_block block = fake_make_by(API_ALIGNED_ALLOC, 100, 256, STACK);
    assert_kind_at(block, 0, LEAK_REACHABLE);
    assert_kind_at(block, 8, LEAK_POSSIBLE);
}
END_TEST

START_TEST(test_since_a_mark_only_later_blocks_are_leaks)
{
    fake_make(BYTES, STACK);
    uint32_t mark = heap_mark();
    fake_make(BYTES, OTHER_STACK);
    find_by((struct leak_query){.since = mark});
    ck_assert_uint_eq(report.count, 1);
    ck_assert_uint_eq(report.groups[0].alloc_stack, OTHER_STACK);
    find_by((struct leak_query){.since = heap_mark()});
    ck_assert_uint_eq(report.count, 0);
    find();
    ck_assert_uint_eq(report.count, 2);
}
END_TEST

START_TEST(test_marks_nest)
{
    uint32_t outer = heap_mark();
    fake_make(BYTES, STACK);
    uint32_t inner = heap_mark();
    fake_make(BYTES, OTHER_STACK);
    ck_assert_uint_gt(inner, outer);
    find_by((struct leak_query){.since = inner});
    ck_assert_uint_eq(report.blocks, 1);
    find_by((struct leak_query){.since = outer});
    ck_assert_uint_eq(report.blocks, 2);
}
END_TEST

START_TEST(test_a_later_block_that_an_older_leak_holds_is_a_leak_of_its_own)
{
    fake_block old = fake_make(BYTES, STACK);
    uint32_t mark = heap_mark();
    fake_block young = fake_make(BYTES, OTHER_STACK);
    fake_link(old, 0, young);
    find_by((struct leak_query){.since = mark});
    ck_assert_uint_eq(report.count, 1);
    ck_assert_uint_eq(report.groups[0].alloc_stack, OTHER_STACK);
    fake_point((void *)&root, old, 0);
    find_by((struct leak_query){.since = mark});
    ck_assert_uint_eq(report.count, 0);
    fake_point((void *)&root, old, 8); /* and may be in use */
    find_by((struct leak_query){.since = mark});
    ck_assert_uint_eq(report.count, 0);
}
END_TEST

START_TEST(test_an_ignored_block_and_what_it_leads_to_are_no_leaks)
{
    fake_block block = fake_make(BYTES, STACK);
    fake_link(block, 8, fake_make(BYTES, OTHER_STACK));
    ck_assert(block_ignore(~fake_masked_address(block)));
    find_by((struct leak_query){.with_reachable = true});
    ck_assert_uint_eq(report.of[LEAK_DEFINITE].blocks, 0);
    ck_assert_uint_eq(report.of[LEAK_REACHABLE].blocks, 1);
}
END_TEST

START_TEST(test_only_bytes_of_live_blocks_can_be_ignored)
{
    fake_block block = fake_make(BYTES, STACK);
    uintptr_t address = ~fake_masked_address(block);
    ck_assert(block_ignore(address + BYTES - 1));
    ck_assert(!block_ignore(address + BYTES));
    fake_release(block);
    ck_assert(!block_ignore(address));
    ck_assert(!block_ignore((uintptr_t)&root));
}
END_TEST

static void *allocate_elsewhere(void *unused)
{
    fake_make(BYTES, OTHER_STACK);
    thread_name_keep(thread_name_register()); /* its stack is then known to be dead */
    return unused;
}

START_TEST(test_blocks_that_a_thread_makes_while_it_ignores_are_no_leaks)
{
    heap_ignore_begin();
    heap_ignore_begin();
    heap_ignore_end();
    fake_make(BYTES, STACK);
    pthread_t other; /* to which that does not apply */
    ck_assert_int_eq(pthread_create(&other, NULL, allocate_elsewhere, NULL), 0);
    pthread_join(other, NULL);
    heap_ignore_end();
    find();
    ck_assert_uint_eq(report.count, 1);
    ck_assert_uint_eq(report.groups[0].alloc_stack, OTHER_STACK);
    heap_ignore_end(); /* one too many */
    fake_make(BYTES, STACK);
    find();
    ck_assert_uint_eq(report.count, 2);
}
END_TEST

/* Bytes of a block, whose address stays in no frame that lasts. */
static __attribute__((noinline)) bool add_part(fake_block block, size_t bytes)
{
    bool done = roots_add_region((char *)~fake_masked_address(block) + 1000, bytes);
    FAKE_FORGET();
    return done;
}

static __attribute__((noinline)) bool remove_part(fake_block block, size_t bytes)
{
    bool done = roots_remove_region((char *)~fake_masked_address(block) + 1000, bytes);
    FAKE_FORGET();
    return done;
}

START_TEST(test_a_declared_region_keeps_blocks_until_it_is_removed_as_often)
{
    /* of a block that is lost itself, so that nothing else is a root there */
    fake_block region = fake_make(4096, STACK);
    fake_link(region, 1024, fake_make(BYTES, OTHER_STACK));
    ck_assert(add_part(region, 100));
    ck_assert(add_part(region, 100));
    ck_assert(!remove_part(region, 99));
    ck_assert(remove_part(region, 100));
    find();
    ck_assert_uint_eq(report.blocks, 1);
    ck_assert_uint_eq(report.indirect_blocks, 0);
    ck_assert(remove_part(region, 100));
    ck_assert(!remove_part(region, 100));
    find();
    ck_assert_uint_eq(report.indirect_blocks, 1);
}
END_TEST

START_TEST(test_a_region_may_be_away)
{
    char *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    ck_assert(roots_add_region(at, 8192));
    munmap(at, 4096);
    find();
    munmap(at + 4096, 4096);
    find();
    ck_assert(roots_remove_region(at, 8192));
    ck_assert(!roots_add_region(at, 0));
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, finish);
    tcase_add_test(all, test_a_start_pointer_makes_reachable_and_an_interior_one_possible);
    tcase_add_test(all, test_reachable_blocks_are_grouped_on_request_only);
    tcase_add_test(all, test_what_a_possible_block_leads_to_is_counted_under_it);
    tcase_add_test(all, test_an_interior_pointer_in_a_leak_leads_on);
    tcase_add_test(all, test_definite_and_possible_blocks_of_one_stack_are_two_groups);
    tcase_add_test(all, test_the_text_of_an_old_string_keeps_it);
    tcase_add_test(all, test_a_length_before_the_data_keeps_them);
    tcase_add_test(all, test_an_array_is_kept_by_its_first_element);
    tcase_add_test(all, test_an_array_of_strictly_aligned_elements_is_kept_by_the_first);
    tcase_add_test(all, test_an_object_is_kept_by_its_second_base);
    tcase_add_test(all, test_a_strictly_aligned_block_is_kept_by_its_start);
    tcase_add_test(all, test_since_a_mark_only_later_blocks_are_leaks);
    tcase_add_test(all, test_marks_nest);
    tcase_add_test(all, test_a_later_block_that_an_older_leak_holds_is_a_leak_of_its_own);
    tcase_add_test(all, test_an_ignored_block_and_what_it_leads_to_are_no_leaks);
    tcase_add_test(all, test_only_bytes_of_live_blocks_can_be_ignored);
    tcase_add_test(all, test_blocks_that_a_thread_makes_while_it_ignores_are_no_leaks);
    tcase_add_test(all, test_a_declared_region_keeps_blocks_until_it_is_removed_as_often);
    tcase_add_test(all, test_a_region_may_be_away);
}

int main(void)
{
    return suite_run("leak_kinds", add);
}
