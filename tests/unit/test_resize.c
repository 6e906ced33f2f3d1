/* alloc/resize: what realloc keeps, moves and tells. */
#include "alloc/allocate.h"

#include <string.h>

#include "alloc/ref.h"
#include "alloc/stats.h"
#include "os/pages.h"
#include "support/live_heap.h"
#include "support/suite.h"

static unsigned char content(size_t offset)
{
    return (unsigned char)(offset % 251 + 1);
}

static void write_contents(unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        block[i] = content(i);
    }
}

static void assert_contents(const unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (block[i] != content(i)) {
            ck_abort_msg("byte %zu of %zu is %u", i, size, block[i]);
        }
    }
}

static unsigned char *take_written(size_t size)
{
    unsigned char *block = take(size);
    write_contents(block, size);
    return block;
}

static const size_t sizes[] = {1,     24,    40,     512,    1000,    5000,   32776,
                               32777, 60000, 131072, 140000, 1000000, 5000000};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(test_contents_survive_between_all_sizes)
{
    live_heap_start();
    for (int from = 0; from < SIZES; from++) {
        for (int to = 0; to < SIZES; to++) {
            unsigned char *block = resize(take_written(sizes[from]), sizes[to]);
            ck_assert_ptr_nonnull(block);
            size_t kept = sizes[from] < sizes[to] ? sizes[from] : sizes[to];
            assert_contents(block, kept);
            ck_assert_uint_eq(block_usable_size(block), sizes[to]);
            memset(block, 1, sizes[to]);
            give(block);
        }
    }
    ck_assert_uint_eq(check_all(), 0);
    ck_assert_uint_eq(found(), 0);
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
}
END_TEST

START_TEST(test_growing_step_by_step_keeps_contents_and_canaries)
{
    live_heap_start();
    unsigned char *block = take_written(1);
    size_t old_size = 1;
    for (size_t size = 2; size < 3000000; size = size * 21 / 20 + 1) {
        block = resize(block, size);
        assert_contents(block, old_size);
        write_contents(block, size);
        old_size = size;
        ck_assert_uint_eq(block_check(block, DETECTED_API, NULL), 0);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_room_in_the_slot_is_used)
{
    live_heap_start();
    unsigned char *block = take(100); /* in a slot of 112 */
    ck_assert_ptr_eq(resize(block, 104), block);
    ck_assert_ptr_eq(resize(block, 1), block);
    ck_assert_ptr_ne(resize(block, 105), block);
}
END_TEST

START_TEST(test_a_grown_block_is_guarded_at_its_new_end)
{
    live_heap_start();
    unsigned char *block = resize(take(100), 104);
    block[104] = 0;
    give(block);
    ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
    ck_assert_int_eq(found_only().offset, 104);
}
END_TEST

START_TEST(test_a_shrunk_block_is_guarded_at_its_new_end)
{
    live_heap_start();
    const size_t starts[] = {100, 5000, 100000};
    for (int i = 0; i < 3; i++) {
        forget_found();
        size_t size = starts[i] - 30;
        unsigned char *block = resize(take(starts[i]), size);
        block[size] = 0;
        give(block);
        ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
        ck_assert_int_eq(found_only().offset, (ptrdiff_t)size);
        ck_assert_uint_eq(found_only().bad_bytes, 1);
    }
}
END_TEST

START_TEST(test_a_much_shrunk_block_gives_its_room_back)
{
    live_heap_start_without_quarantine();
    void *block = resize(take(10000000), 10);
    ck_assert_uint_lt(heap_stats().arena_bytes, 1 << 20);
    give(block);
    block = resize(take(30000), 10);
    ck_assert_uint_lt(info_of(block).size_bytes, 11);
    struct ref ref;
    ck_assert(ref_find((uintptr_t)block, &ref));
    ck_assert_uint_eq(ref.end - ref.start, SLOT_LEAST);
}
END_TEST

START_TEST(test_a_moved_block_is_freed_at_its_old_place)
{
    live_heap_start();
    unsigned char *old = take_written(100);
    unsigned char *moved = resize(old, 1000);
    ck_assert_ptr_ne(moved, old);
    ck_assert_int_eq(info_of(old).state, BLOCK_FREED);
    ck_assert_uint_ne(info_of(old).free_stack, 0);
    give(old);
    ck_assert_int_eq(found_only().kind, FINDING_DOUBLE_FREE);
}
END_TEST

START_TEST(test_a_resized_block_remembers_the_resize)
{
    live_heap_start();
    void *block = take(100);
    uint32_t stack = info_of(block).alloc_stack;
    ck_assert_ptr_eq(resize(block, 90), block);
    ck_assert_int_eq(info_of(block).via, API_REALLOC);
    ck_assert_uint_ne(info_of(block).alloc_stack, stack);
}
END_TEST

START_TEST(test_damage_is_told_before_the_block_moves)
{
    live_heap_start();
    const size_t starts[] = {24, 100000};
    for (int i = 0; i < 2; i++) {
        forget_found();
        unsigned char *block = take(starts[i]);
        block[starts[i] + 1] = 0;
        ck_assert_ptr_nonnull(resize(block, starts[i] * 40));
        struct finding finding = found_only();
        ck_assert_int_eq(finding.kind, FINDING_OVERFLOW);
        ck_assert_int_eq(finding.detected, DETECTED_REALLOC);
        ck_assert_int_eq(finding.function, API_REALLOC);
        ck_assert_int_eq(finding.offset, (ptrdiff_t)starts[i] + 1);
    }
}
END_TEST

START_TEST(test_wrong_addresses_are_told_and_give_nothing)
{
    live_heap_start();
    char *freed = take(100), *live = take(100);
    int local;
    give(freed);
    ck_assert_ptr_null(resize(freed, 200));
    ck_assert_ptr_null(resize(live + 16, 200));
    ck_assert_ptr_null(resize(&local, 200));
    ck_assert_uint_eq(found(), 3);
    ck_assert_int_eq(found_nth(0).kind, FINDING_DOUBLE_FREE);
    ck_assert_int_eq(found_nth(1).kind, FINDING_INVALID_FREE);
    ck_assert_int_eq(found_nth(2).kind, FINDING_INVALID_FREE);
    for (unsigned long i = 0; i < 3; i++) {
        ck_assert_int_eq(found_nth(i).detected, DETECTED_REALLOC);
        ck_assert_int_eq(found_nth(i).function, API_REALLOC);
    }
    ck_assert_uint_eq(block_usable_size(live), 100);
}
END_TEST

START_TEST(test_resizing_what_new_made_is_told_and_done)
{
    live_heap_start();
    void *block = resize(take_by(API_NEW, 100, 16), 1000);
    ck_assert_int_eq(found_only().kind, FINDING_MISMATCH);
    ck_assert_int_eq(found_only().function, API_REALLOC);
    ck_assert_uint_eq(block_usable_size(block), 1000);
}
END_TEST

START_TEST(test_impossible_sizes_leave_the_block_as_it_was)
{
    live_heap_start();
    const size_t impossible[] = {SIZE_MAX,        SIZE_MAX - 7, SIZE_MAX - 8,
                                 SIZE_MAX - 4096, PTRDIFF_MAX,  (size_t)1 << 45};
    unsigned char *small = take_written(100), *large = take_written(100000);
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        ck_assert_ptr_null(resize(small, impossible[i]));
        ck_assert_ptr_null(resize(large, impossible[i]));
    }
    assert_contents(small, 100);
    assert_contents(large, 100000);
    give(small);
    give(large);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_without_memory_the_block_stays)
{
    live_heap_start();
    unsigned char *small = take_written(100), *large = take_written(100000);
    uint32_t stack = info_of(small).alloc_stack;
    os_pages_fail_at(1, true);
    ck_assert_ptr_null(resize(small, 3000000));
    ck_assert_ptr_null(resize(large, 30000000));
    os_pages_fail_at(0, false);
    assert_contents(small, 100);
    assert_contents(large, 100000);
    ck_assert_uint_eq(info_of(small).alloc_stack, stack);
    give(small);
    give(large);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_the_count_of_blocks_stays)
{
    live_heap_start();
    void *block = take(100);
    for (int i = 0; i < SIZES; i++) {
        block = resize(block, sizes[i]);
        ck_assert_uint_eq(heap_stats().live_blocks, 1);
        ck_assert_uint_eq(heap_stats().live_bytes, sizes[i]);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_contents_survive_between_all_sizes);
    tcase_add_test(tests, test_growing_step_by_step_keeps_contents_and_canaries);
    tcase_add_test(tests, test_room_in_the_slot_is_used);
    tcase_add_test(tests, test_a_grown_block_is_guarded_at_its_new_end);
    tcase_add_test(tests, test_a_shrunk_block_is_guarded_at_its_new_end);
    tcase_add_test(tests, test_a_much_shrunk_block_gives_its_room_back);
    tcase_add_test(tests, test_a_moved_block_is_freed_at_its_old_place);
    tcase_add_test(tests, test_a_resized_block_remembers_the_resize);
    tcase_add_test(tests, test_damage_is_told_before_the_block_moves);
    tcase_add_test(tests, test_wrong_addresses_are_told_and_give_nothing);
    tcase_add_test(tests, test_resizing_what_new_made_is_told_and_done);
    tcase_add_test(tests, test_impossible_sizes_leave_the_block_as_it_was);
    tcase_add_test(tests, test_without_memory_the_block_stays);
    tcase_add_test(tests, test_the_count_of_blocks_stays);
}

int main(void)
{
    return suite_run("resize", add);
}
