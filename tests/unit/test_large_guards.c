/* alloc/large_guards: large blocks between guards, by each way to make them. */
#include "alloc/large_guards.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/guard_hit.h"
#include "alloc/guarded.h"
#include "alloc/stats.h"
#include "base/align.h"
#include "os/guards.h"
#include "os/pages.h"
#include "support/large_blocks.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { SIZE = 200000, MIB = 1 << 20, MANY = 400 };

static struct guard_hit hit_at(const unsigned char *address)
{
    struct guard_hit hit;
    ck_assert(guarded_hit((uintptr_t)address, &hit));
    return hit;
}

START_TEST(test_a_block_ends_at_its_guard_and_has_one_before)
{
    start_usual(ways[_i]);
    for (size_t size = 32777; size < 300000; size += 9973) {
        unsigned char *block = take(size), *end = page_after(block + size);
        ck_assert_uint_eq((uintptr_t)block % 16, 0);
        ck_assert_int_lt(end - (block + size), 16);
        memset(block, 1, size);
        ck_assert(is_open(end - 1));
        ck_assert(!is_open(end));
        ck_assert(!is_open(page_of(block) - 1));
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_an_object_ends_at_its_guard_exactly)
{
    start_usual(ways[_i]);
    for (size_t size = 40000; size < 40512; size += 16) {
        unsigned char *object = take_by(API_NEW, size, 1);
        ck_assert_ptr_eq(page_after(object + size), object + size);
        memset(object, 1, size);
        give_as((struct release){.function = API_DELETE}, object);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_the_side_before_is_exact_for_every_size)
{
    start(ways[_i], GUARD_ALL, GUARD_SIDE_BEFORE);
    for (size_t size = 50000; size < 50020; size++) {
        unsigned char *block = take(size);
        ck_assert(!is_open(block - 1));
        ck_assert(is_open(block));
        ck_assert(!is_open(page_after(block + size)));
        give(block);
    }
}
END_TEST

START_TEST(test_both_sides_take_turns)
{
    start(ways[_i], GUARD_ALL, GUARD_SIDE_BOTH);
    int before = 0, after = 0;
    for (int i = 0; i < 10; i++) {
        unsigned char *block = take(100000);
        before += !is_open(block - 1);
        after += !is_open(block + 100000);
    }
    ck_assert_int_eq(before, 5);
    ck_assert_int_eq(after, 5);
}
END_TEST

START_TEST(test_bytes_between_block_and_guard_are_canary)
{
    start_usual(ways[_i]);
    unsigned char *block = take(SIZE + 1);
    block[SIZE + 1] ^= 1;
    give(block);
    ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
    ck_assert_int_eq(found_only().offset, SIZE + 1);
    forget_found();
    block = take(SIZE);
    *page_of(block) ^= 1;
    ck_assert_uint_eq(check_all(), 1);
    ck_assert_uint_eq(check_all(), 0); /* told once */
    ck_assert_int_eq(found_only().kind, FINDING_UNDERFLOW);
    ck_assert_int_eq(found_only().offset, page_of(block) - block);
}
END_TEST

START_TEST(test_alignments_are_kept)
{
    start_usual(ways[_i]);
    for (size_t alignment = 64; alignment <= (size_t)1 << 30; alignment *= 4) {
        unsigned char *block = take_aligned(SIZE, alignment);
        ck_assert_uint_eq((uintptr_t)block % alignment, 0);
        memset(block, 1, SIZE);
        ck_assert(!is_open(page_of(block) - 1));
        ck_assert(!is_open(page_after(block + SIZE)));
        if (alignment <= OS_PAGE) {
            ck_assert_uint_lt(page_after(block + SIZE) - (block + SIZE), alignment);
        }
        give(block);
    }
    unsigned char *empty = take_aligned(0, 1 << 20);
    ck_assert(!is_open(empty));
    give(empty);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_released_block_is_all_guard)
{
    start_usual(ways[_i]);
    for (size_t size = 40000; size < 40 * (size_t)MIB; size *= 3) {
        unsigned char *block = take(size);
        memset(block, 1, size);
        give(block);
        for (size_t i = 0; i < size; i += size / 16) {
            ck_assert(!is_open(block + i));
        }
    }
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_a_hit_says_which_block_and_where)
{
    start_usual(ways[_i]);
    unsigned char *block = take(SIZE), *end = page_after(block + SIZE);
    struct guard_hit hit = hit_at(end + 3 * OS_PAGE);
    ck_assert_int_eq(hit.kind, FINDING_OVERFLOW);
    ck_assert_int_eq(hit.offset, end + 3 * OS_PAGE - block);
    ck_assert_uint_eq(hit.block.address, (uintptr_t)block);
    ck_assert_int_eq(hit.block.state, BLOCK_LIVE);
    hit = hit_at(page_of(block) - 1);
    ck_assert_int_eq(hit.kind, FINDING_UNDERFLOW);
    ck_assert_int_eq(hit.offset, page_of(block) - 1 - block);
    ck_assert(!guarded_hit((uintptr_t)block, &hit));
    give(block);
    hit = hit_at(block + 77);
    ck_assert_int_eq(hit.kind, FINDING_USE_AFTER_FREE);
    ck_assert_int_eq(hit.offset, 77);
    ck_assert_int_eq(hit.block.state, BLOCK_FREED);
}
END_TEST

START_TEST(test_an_opened_guard_lets_the_program_go_on_and_closes_with_the_release)
{
    start_usual(ways[_i]);
    unsigned char *block = take(SIZE + 1), *end = page_after(block + SIZE + 1);
    struct guard_hit hit = hit_at(end);
    ck_assert(guarded_open(&hit));
    memset(block + SIZE, 7, OS_PAGE); /* over the canary, and that was told */
    give(block);
    ck_assert_uint_eq(found(), 0);
    ck_assert(!is_open(end));
    ck_assert(!is_open(block));
}
END_TEST

START_TEST(test_an_opened_released_block_reads_as_zero_and_is_not_told_again)
{
    start_usual(ways[_i]);
    for (size_t size = SIZE; size < 4 * (size_t)MIB; size *= 12) {
        unsigned char *block = take(size);
        memset(block, 1, size);
        give(block);
        struct guard_hit hit = hit_at(block + size / 2);
        ck_assert(guarded_open(&hit));
        for (size_t i = 0; i < size; i += 100) {
            ck_assert_uint_eq(block[i], 0);
        }
        memset(block, 9, size);
        ck_assert(!guarded_hit((uintptr_t)block, &hit));
        ck_assert_uint_eq(check_all(), 0);
        for (int i = 0; i < MANY; i++) { /* until its addresses are reused */
            unsigned char *other = take_zero(size);
            ck_assert_uint_eq(other[0] | other[size / 2], 0);
            give(other);
        }
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_runs_of_one_length_take_turns_and_come_clean)
{
    start_usual(ways[_i]);
    for (int i = 0; i < 3000; i++) {
        size_t size = 190000 + (size_t)i * 7919 % 4000;
        unsigned char *block = take_zero(size);
        for (size_t at = 0; at < size; at += OS_PAGE) {
            ck_assert_uint_eq(block[at], 0);
            block[at] = 1;
        }
        ck_assert_uint_eq(block[size - 1], 0);
        ck_assert(!is_open(page_after(block + size)));
        ck_assert(!is_open(page_of(block) - 1));
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
    ck_assert_uint_lt(heap_stats().arena_bytes, 400 * 4 * GRANULE_BYTES);
}
END_TEST

START_TEST(test_what_is_held_back_serves_when_there_is_no_other)
{
    start_usual(ways[_i]);
    for (int i = 0; i < MANY; i++) {
        give(take(SIZE));
    }
    ck_assert(large_release_held());
    ck_assert_uint_eq(heap_stats().arena_bytes, 0);
    unsigned char *block = take_zero(16 * MIB); /* over all of those addresses */
    memset(block, 1, 16 * MIB);
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_refused_guards_leave_canaries)
{
    start_usual(_i == 0 ? GUARDS_NONE : GUARDS_MPROTECT);
    os_guards_set_budget(_i); /* none, or that before the block only */
    unsigned long refused = guarded_counts().unguarded;
    unsigned char *block = take(SIZE);
    ck_assert_uint_eq(guarded_counts().unguarded, refused + 1);
    ck_assert_int_eq(is_open(page_of(block) - 1), _i == 0);
    memset(block, 1, SIZE);
    block[SIZE] ^= 1;
    block[-1] ^= 1;
    ck_assert_uint_eq(check_all(), 2);
    give(block);
    ck_assert_uint_eq(found(), 2);
    block[5] = 1;
    ck_assert_uint_eq(check_all(), 1);
    for (int i = 0; i < MANY; i++) {
        block = resize(take_zero(SIZE), 2 * SIZE);
        ck_assert_uint_eq(block[0] | block[SIZE / 2] | block[SIZE - 1], 0);
        give(block);
    }
    ck_assert_uint_eq(found(), 3);
}
END_TEST

START_TEST(test_locked_memory_is_guarded_too)
{
    start_usual(ways[_i]);
    unsigned char *block = take(SIZE);
    memset(block, 1, SIZE);
    ck_assert_int_eq(mlock(page_of(block), 8 * OS_PAGE), 0);
    give(block);
    ck_assert(!is_open(block));
    ck_assert(!is_open(block + SIZE - 1));
    for (int i = 0; i < MANY; i++) {
        block = take_zero(SIZE);
        for (size_t at = 0; at < SIZE; at += OS_PAGE / 2) {
            ck_assert_uint_eq(block[at], 0);
        }
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_loop_test(all, test_a_block_ends_at_its_guard_and_has_one_before, 0, WAYS);
    tcase_add_loop_test(all, test_an_object_ends_at_its_guard_exactly, 0, WAYS);
    tcase_add_loop_test(all, test_the_side_before_is_exact_for_every_size, 0, WAYS);
    tcase_add_loop_test(all, test_both_sides_take_turns, 0, WAYS);
    tcase_add_loop_test(all, test_bytes_between_block_and_guard_are_canary, 0, WAYS);
    tcase_add_loop_test(all, test_alignments_are_kept, 0, WAYS);
    tcase_add_loop_test(all, test_a_released_block_is_all_guard, 0, WAYS);
    tcase_add_loop_test(all, test_a_hit_says_which_block_and_where, 0, WAYS);
    tcase_add_loop_test(
        all, test_an_opened_guard_lets_the_program_go_on_and_closes_with_the_release, 0, WAYS);
    tcase_add_loop_test(all, test_an_opened_released_block_reads_as_zero_and_is_not_told_again, 0,
                        WAYS);
    tcase_add_loop_test(all, test_runs_of_one_length_take_turns_and_come_clean, 0, WAYS);
    tcase_add_loop_test(all, test_what_is_held_back_serves_when_there_is_no_other, 0, WAYS);
    tcase_add_loop_test(all, test_refused_guards_leave_canaries, 0, WAYS);
    tcase_add_loop_test(all, test_locked_memory_is_guarded_too, 0, WAYS);
}

int main(void)
{
    return suite_run("large_guards", add);
}
