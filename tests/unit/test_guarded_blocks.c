/* alloc/guarded: where guarded blocks stand, and what is seen around them. */
#include "alloc/guarded.h"

#include <string.h>

#include "alloc/stats.h"
#include "os/probe.h"
#include "support/guarded_heap.h"
#include "support/suite.h"

static size_t weakest(size_t size)
{
    size_t alignment = 16;
    while (alignment > size) {
        alignment /= 2;
    }
    return alignment;
}

START_TEST(test_blocks_end_as_near_to_the_guard_as_their_size_lets_them)
{
    start(GUARD_SIDE_AFTER);
    for (int i = 0; i < SIZES; i++) {
        char *block = take(sizes[i]);
        uintptr_t end = page_end(block, sizes[i]);
        size_t rest = end - (uintptr_t)block - sizes[i];
        ck_assert_uint_lt(rest, weakest(sizes[i]));
        ck_assert_uint_eq((uintptr_t)block % weakest(sizes[i]), 0);
        ck_assert(is_closed((void *)end));
        memset(block, 1, sizes[i]);
        ck_assert_uint_eq(block_usable_size(block), sizes[i]);
        give(block);
        ck_assert(is_closed(block));
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_blocks_begin_at_the_guard_on_the_other_side)
{
    start(GUARD_SIDE_BEFORE);
    for (int i = 0; i < SIZES; i++) {
        char *block = take(sizes[i]);
        ck_assert_uint_eq((uintptr_t)block % OS_PAGE, 0);
        ck_assert(is_closed(block - 8));
        memset(block, 1, sizes[i]);
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_sides_take_turns)
{
    start(GUARD_SIDE_BOTH);
    int starts = 0;
    for (int i = 0; i < 100; i++) {
        starts += (uintptr_t)take(48) % OS_PAGE == 0;
    }
    ck_assert_int_eq(starts, 50);
}
END_TEST

/* Clang stores 16 bytes at a time, aligned, into what new returned for an object of 24. */
START_TEST(test_objects_are_aligned_as_any_other_block)
{
    start(GUARD_SIDE_AFTER);
    for (size_t size = 1; size < 200; size++) {
        uintptr_t block = (uintptr_t)take_by(API_NEW, size, ANY_ALIGNMENT);
        ck_assert_uint_eq(block % weakest(size), 0);
        ck_assert_uint_lt((OS_PAGE - (block + size) % OS_PAGE) % OS_PAGE, weakest(size));
        uintptr_t array = (uintptr_t)take_by(API_NEW_ARRAY, size, ANY_ALIGNMENT);
        ck_assert_uint_eq(array % weakest(size), 0);
    }
}
END_TEST

START_TEST(test_alignment_that_is_asked_for_is_kept)
{
    start(GUARD_SIDE_AFTER);
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        for (size_t size = 1; size < 40000; size = size * 3 + 1) {
            char *block = take_aligned(size, alignment);
            ck_assert_uint_eq((uintptr_t)block % alignment, 0);
            memset(block, 1, size);
            give(block);
        }
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_chosen_alignment_trades_it_for_exactness)
{
    struct heap_config config = guarding(GUARD_SIDE_AFTER);
    config.guard_align = _i == 0 ? 1 : 16;
    live_heap_start_with(config);
    for (size_t size = 1; size < 100; size++) {
        uintptr_t block = (uintptr_t)take(size);
        ck_assert_uint_eq(_i == 0 ? (block + size) % OS_PAGE : block % 16, 0);
    }
    ck_assert_uint_eq((uintptr_t)take_aligned(33, 32) % 32, 0);
}
END_TEST

START_TEST(test_an_empty_block_is_all_guard)
{
    start(GUARD_SIDE_AFTER);
    char *block = take(0), *other = take(0);
    ck_assert(block && other && block != other);
    ck_assert(is_closed(block));
    ck_assert_uint_eq(info_of(block).size_bytes, 0);
    give(block);
    give(other);
    ck_assert_uint_eq(found(), 0);
    give(block);
    ck_assert_uint_eq(found_of(FINDING_DOUBLE_FREE), 1);
}
END_TEST

START_TEST(test_fresh_blocks_are_filled_or_zero)
{
    start(GUARD_SIDE_BOTH);
    for (int i = 0; i < 2 * SIZES; i++) {
        size_t size = sizes[i / 2];
        unsigned char *filled = take(size), *zero = take_zero(size);
        for (size_t at = 0; at < size; at++) {
            unsigned wanted = (uintptr_t)(filled + at) % 8 == 7 ? 0 : 0xca;
            if (filled[at] != wanted || zero[at] != 0) { /* an assertion for each would take long */
                ck_abort_msg("byte %zu of %zu: %u and %u", at, size, filled[at], zero[at]);
            }
        }
    }
}
END_TEST

START_TEST(test_a_changed_canary_on_either_side_is_told_at_the_release)
{
    start(_i == 0 ? GUARD_SIDE_AFTER : GUARD_SIDE_BEFORE);
    for (int i = 0; i < SIZES; i++) {
        for (int before = 0; before < 2; before++) {
            unsigned char *block = take(sizes[i]);
            unsigned char *bad = before ? block - 1 : block + sizes[i];
            if (!os_word_is_readable((uintptr_t)bad & ~(uintptr_t)7)) {
                give(block);
                continue;
            }
            *bad = 0;
            give(block);
            struct finding finding = found_only();
            ck_assert_int_eq(finding.kind, before ? FINDING_UNDERFLOW : FINDING_OVERFLOW);
            ck_assert_int_eq(finding.offset, before ? -1 : (ptrdiff_t)sizes[i]);
            ck_assert_uint_eq(finding.bad_bytes, 1);
            ck_assert_uint_eq(finding.damage_length, 1);
            ck_assert_uint_eq(finding.damage[0], 0);
            ck_assert_int_eq(finding.detected, DETECTED_FREE);
            ck_assert_uint_eq(finding.block.address, (uintptr_t)block);
            forget_found();
        }
    }
}
END_TEST

START_TEST(test_the_extent_of_damage_is_exact)
{
    start(GUARD_SIDE_AFTER);
    for (size_t distance = 1; distance < 40; distance++) {
        for (size_t length = 1; length <= distance && length < 20; length++) {
            unsigned char *block = take(21);
            memset(block - distance, 0, length);
            give(block);
            ck_assert_int_eq(found_only().offset, -(ptrdiff_t)distance);
            ck_assert_uint_eq(found_only().bad_bytes, length);
            forget_found();
        }
    }
}
END_TEST

START_TEST(test_damage_is_told_once)
{
    start(GUARD_SIDE_AFTER);
    unsigned char *block = take(64);
    block[-3] = 1;
    ck_assert_uint_eq(check_all(), 1);
    ck_assert_uint_eq(check_all(), 0);
    give(block);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_contents_survive_between_all_sizes)
{
    start(GUARD_SIDE_BOTH);
    for (int from = 0; from < SIZES; from++) {
        for (int to = 0; to < SIZES; to++) {
            unsigned char *block = take(sizes[from]);
            memset(block, from + 1, sizes[from]);
            block = resize(block, sizes[to]);
            for (size_t i = 0; i < sizes[from] && i < sizes[to]; i++) {
                if (block[i] != from + 1) {
                    ck_abort_msg("byte %zu of %zu became %u", i, sizes[from], block[i]);
                }
            }
            memset(block, 0, sizes[to]);
            ck_assert_uint_eq(block_usable_size(block), sizes[to]);
            ck_assert_uint_eq(block_check(block, DETECTED_API, NULL), 0);
            give(block);
        }
    }
    ck_assert_uint_eq(found(), 0);
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
    ck_assert_uint_eq(heap_stats().live_bytes, 0);
}
END_TEST

START_TEST(test_a_resized_block_touches_its_guard)
{
    start(GUARD_SIDE_AFTER);
    unsigned char *block = take(16);
    for (size_t size = 17; size < 40000; size += 61) {
        block = resize(block, size);
        if (size <= GUARDED_PAGES_MOST * OS_PAGE) {
            size_t rest = page_end(block, size) - (uintptr_t)block - size;
            ck_assert_uint_lt(rest, 16);
            ck_assert(is_closed((void *)page_end(block, size)));
        }
    }
}
END_TEST

START_TEST(test_damage_is_told_before_the_block_moves)
{
    start(GUARD_SIDE_AFTER);
    unsigned char *block = take(100);
    block[100] = 'x';
    block = resize(block, 5000);
    ck_assert_int_eq(found_only().detected, DETECTED_REALLOC);
    ck_assert_int_eq(found_only().offset, 100);
    give(block);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_wrong_releases_are_told_as_of_any_block)
{
    start(GUARD_SIDE_AFTER);
    unsigned char *block = take(100);
    give(block + 1);
    ck_assert_int_eq(found_nth(0).kind, FINDING_INVALID_FREE);
    ck_assert_int_eq(found_nth(0).offset, 1);
    give_by(API_DELETE, block);
    ck_assert_int_eq(found_nth(1).kind, FINDING_MISMATCH);
    give(block);
    ck_assert_int_eq(found_nth(2).kind, FINDING_DOUBLE_FREE);
    ck_assert_uint_eq(found_nth(2).block.address, (uintptr_t)block);
}
END_TEST

START_TEST(test_an_ignored_block_stays_so_when_it_moves)
{
    start(GUARD_SIDE_AFTER);
    unsigned char *block = take(100);
    ck_assert(block_ignore((uintptr_t)block + 50));
    ck_assert(info_of(resize(block, 200)).ignored);
}
END_TEST

static void count_block(void *context, const struct block_info *block)
{
    (void)block;
    ++*(size_t *)context;
}

START_TEST(test_walks_meet_every_block)
{
    start(GUARD_SIDE_BOTH);
    unsigned char *blocks[500];
    for (int i = 0; i < 500; i++) {
        blocks[i] = take((size_t)i * 20);
    }
    for (int i = 0; i < 200; i++) {
        give(blocks[i]);
    }
    size_t live = 0, freed = 0;
    block_each(BLOCK_LIVE, count_block, &live);
    block_each(BLOCK_FREED, count_block, &freed);
    ck_assert_uint_eq(live, 300);
    ck_assert_uint_eq(freed, 200);
    ck_assert_uint_eq(heap_stats().guarded, 500);
}
END_TEST

START_TEST(test_blocks_too_large_for_a_slot_are_guarded_nevertheless)
{
    start(GUARD_SIDE_AFTER);
    for (size_t size = 32760; size < 32800; size++) {
        char *block = take(size);
        memset(block, 1, size);
        ck_assert_uint_eq(info_of(block + size - 1).address, (uintptr_t)block);
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_without_guards_blocks_have_canaries_and_are_counted)
{
    struct heap_config config = guarding(GUARD_SIDE_AFTER);
    config.guards_best = GUARDS_NONE;
    live_heap_start_with(config);
    unsigned char *block = take(24);
    block[24] = 1;
    give(block);
    ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
    ck_assert_uint_eq(heap_stats().unguarded, 1);
    ck_assert_uint_eq(heap_stats().guarded, 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_blocks_end_as_near_to_the_guard_as_their_size_lets_them);
    tcase_add_test(tests, test_blocks_begin_at_the_guard_on_the_other_side);
    tcase_add_test(tests, test_sides_take_turns);
    tcase_add_test(tests, test_objects_are_aligned_as_any_other_block);
    tcase_add_test(tests, test_alignment_that_is_asked_for_is_kept);
    tcase_add_loop_test(tests, test_a_chosen_alignment_trades_it_for_exactness, 0, 2);
    tcase_add_test(tests, test_an_empty_block_is_all_guard);
    tcase_add_test(tests, test_fresh_blocks_are_filled_or_zero);
    tcase_add_loop_test(tests, test_a_changed_canary_on_either_side_is_told_at_the_release, 0, 2);
    tcase_add_test(tests, test_the_extent_of_damage_is_exact);
    tcase_add_test(tests, test_damage_is_told_once);
    tcase_add_test(tests, test_contents_survive_between_all_sizes);
    tcase_add_test(tests, test_a_resized_block_touches_its_guard);
    tcase_add_test(tests, test_damage_is_told_before_the_block_moves);
    tcase_add_test(tests, test_wrong_releases_are_told_as_of_any_block);
    tcase_add_test(tests, test_an_ignored_block_stays_so_when_it_moves);
    tcase_add_test(tests, test_walks_meet_every_block);
    tcase_add_test(tests, test_blocks_too_large_for_a_slot_are_guarded_nevertheless);
    tcase_add_test(tests, test_without_guards_blocks_have_canaries_and_are_counted);
}

int main(void)
{
    return suite_run("guarded_blocks", add);
}
