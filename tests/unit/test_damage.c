/* alloc/damage: what a changed byte around or in a block is taken for, and that it is told once. */
#include "alloc/damage.h"

#include <string.h>

#include "support/live_heap.h"
#include "support/suite.h"

/* Sizes whose blocks end at the slot's last canary word, in the middle of the slack, and at a page.
 */
static const size_t sizes[] = {1,   8,    24,   25,    31,    40,    100,   500,
                               584, 1000, 4000, 30000, 32777, 65000, 200000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static struct finding assert_only(enum finding_kind kind, const void *block, ptrdiff_t offset,
                                  size_t bytes)
{
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, kind);
    ck_assert_int_eq(finding.access, ACCESS_WRITE);
    ck_assert(finding.has_block && finding.has_offset);
    ck_assert_uint_eq(finding.block.address, (uintptr_t)block);
    ck_assert_int_eq(finding.offset, offset);
    ck_assert_uint_eq(finding.bad_bytes, bytes);
    return finding;
}

START_TEST(test_an_overflow_by_any_byte_of_the_gap_is_told_at_free)
{
    live_heap_start();
    for (int i = 0; i < SIZES; i++) {
        for (size_t beyond = 1; beyond <= 8; beyond++) {
            forget_found();
            unsigned char *block = take(sizes[i]);
            memset(block + sizes[i], 'A', beyond);
            give(block);
            struct finding finding =
                assert_only(FINDING_OVERFLOW, block, (ptrdiff_t)sizes[i], beyond);
            ck_assert_int_eq(finding.detected, DETECTED_FREE);
            ck_assert_uint_eq(finding.block.size_bytes, sizes[i]);
            ck_assert_uint_eq(finding.damage_length, beyond);
            ck_assert_uint_eq(finding.damage[beyond - 1], 'A');
            ck_assert(!finding.has_neighbour);
        }
    }
}
END_TEST

START_TEST(test_a_zero_byte_behind_the_end_is_an_overflow)
{
    live_heap_start();
    for (int i = 0; i < SIZES; i++) {
        forget_found();
        unsigned char *block = take(sizes[i]);
        block[sizes[i]] = '\0';
        give(block);
        assert_only(FINDING_OVERFLOW, block, (ptrdiff_t)sizes[i], 1);
    }
}
END_TEST

START_TEST(test_an_underflow_by_any_byte_of_the_gap_is_told_at_free)
{
    live_heap_start();
    for (int i = 0; i < SIZES; i++) {
        for (size_t before = 1; before <= 7; before++) {
            forget_found();
            unsigned char *block =
                sizes[i] > 32768 ? take(sizes[i]) : take_neighbours(sizes[i]).right;
            memset(block - before, 'B', before);
            give(block);
            struct finding finding =
                assert_only(FINDING_UNDERFLOW, block, -(ptrdiff_t)before, before);
            ck_assert_int_eq(finding.detected, DETECTED_FREE);
        }
    }
}
END_TEST

START_TEST(test_the_first_slot_of_a_slab_has_a_canary_before_it)
{
    live_heap_start();
    unsigned char *first = (void *)slots_start(run_head((uintptr_t)take(100)), 0);
    first[-1] ^= 1;
    give(first);
    assert_only(FINDING_UNDERFLOW, first, -1, 1);
}
END_TEST

START_TEST(test_an_aligned_block_has_canary_up_to_its_start)
{
    live_heap_start();
    for (size_t alignment = 32; alignment <= 65536; alignment *= 2) {
        forget_found();
        unsigned char *block = take_aligned(100, alignment);
        block[-1] ^= 1;
        block[100] ^= 1;
        give(block);
        ck_assert_uint_eq(found(), 2);
        ck_assert_uint_eq(found_of(FINDING_OVERFLOW), 1);
        ck_assert_uint_eq(found_of(FINDING_UNDERFLOW), 1);
    }
}
END_TEST

START_TEST(test_an_overflow_is_blamed_on_the_left_even_at_the_rights_free)
{
    live_heap_start();
    struct neighbours pair = take_neighbours(24);
    memset(pair.left + 24, 'A', 8);
    give(pair.right);
    struct finding finding = assert_only(FINDING_OVERFLOW, pair.left, 24, 8);
    ck_assert_int_eq(finding.block.state, BLOCK_LIVE);
    give(pair.left);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_an_underflow_is_blamed_on_the_right_even_at_the_lefts_free)
{
    live_heap_start();
    struct neighbours pair = take_neighbours(24);
    pair.right[-1] ^= 1;
    give(pair.left);
    assert_only(FINDING_UNDERFLOW, pair.right, -1, 1);
    give(pair.right);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_a_jump_names_both_neighbours)
{
    live_heap_start();
    for (int from_left = 0; from_left < 2; from_left++) {
        forget_found();
        struct neighbours pair = take_neighbours(24);
        pair.left[24 + 3] ^= 1;
        give(from_left ? pair.left : pair.right);
        struct finding finding = assert_only(FINDING_OVERFLOW, pair.left, 24 + 3, 1);
        ck_assert(finding.has_neighbour);
        ck_assert_uint_eq(finding.neighbour.address, (uintptr_t)pair.right);
    }
}
END_TEST

START_TEST(test_a_jump_is_put_down_to_the_nearer_neighbour)
{
    live_heap_start();
    struct neighbours pair = take_neighbours(24);
    pair.right[-3] ^= 1;
    give(pair.left);
    struct finding finding = assert_only(FINDING_UNDERFLOW, pair.right, -3, 1);
    ck_assert(finding.has_neighbour);
    ck_assert_uint_eq(finding.neighbour.address, (uintptr_t)pair.left);
}
END_TEST

START_TEST(test_a_jump_with_no_block_behind_is_the_left_ones)
{
    live_heap_start();
    const struct granule *slab = run_head((uintptr_t)take(30000));
    unsigned char *last = NULL;
    for (uint32_t i = 1; i < slab->slots.count; i++) {
        last = take(30000);
    }
    last[30000 + 100] ^= 1;
    give(last);
    ck_assert(!assert_only(FINDING_OVERFLOW, last, 30100, 1).has_neighbour);
}
END_TEST

START_TEST(test_damage_is_told_with_the_stacks_of_the_block_and_of_its_release)
{
    live_heap_start();
    unsigned char *block = take(24);
    block[24]++;
    give(block);
    struct finding finding = found_only();
    ck_assert_uint_ne(finding.block.alloc_stack, 0);
    ck_assert_uint_ne(finding.block.free_stack, 0);
    ck_assert_uint_ne(finding.block.alloc_stack, finding.block.free_stack);
    ck_assert_int_eq(finding.function, API_FREE);
}
END_TEST

START_TEST(test_no_more_bytes_are_kept_than_there_is_room_for)
{
    live_heap_start();
    unsigned char *block = take(40000);
    memset(block + 40000, 'A', 300);
    give(block);
    struct finding finding = assert_only(FINDING_OVERFLOW, block, 40000, 300);
    ck_assert_uint_eq(finding.damage_length, FINDING_DAMAGE_MOST);
}
END_TEST

START_TEST(test_damage_told_on_demand_is_not_told_again)
{
    live_heap_start();
    for (int i = 0; i < SIZES; i++) {
        forget_found();
        unsigned char *block = take(sizes[i]);
        block[sizes[i]] ^= 1;
        ck_assert_uint_eq(check_all(), 1);
        ck_assert_int_eq(assert_only(FINDING_OVERFLOW, block, (ptrdiff_t)sizes[i], 1).detected,
                         DETECTED_API);
        ck_assert_uint_eq(check_all(), 0);
        ck_assert_uint_eq(block_check(block, DETECTED_API, NULL), 0);
        give(block);
        ck_assert_uint_eq(found(), 1);
    }
}
END_TEST

START_TEST(test_a_check_of_one_block_looks_at_no_other)
{
    live_heap_start();
    unsigned char *good = take(24), *bad = take(1000);
    int local;
    bad[1000] ^= 1;
    ck_assert_uint_eq(block_check(good, DETECTED_API, NULL), 0);
    ck_assert_uint_eq(block_check(&local, DETECTED_API, NULL), 0);
    ck_assert_uint_eq(block_check(bad + 500, DETECTED_API, NULL), 1);
}
END_TEST

START_TEST(test_a_late_write_to_any_byte_is_found)
{
    live_heap_start();
    for (size_t offset = 0; offset < 100; offset++) {
        forget_found();
        unsigned char *block = take(100);
        give(block);
        block[offset] ^= 0x11;
        ck_assert_uint_eq(check_all(), 1);
        struct finding finding = assert_only(FINDING_USE_AFTER_FREE, block, (ptrdiff_t)offset, 1);
        ck_assert_int_eq(finding.block.state, BLOCK_FREED);
        ck_assert_uint_ne(finding.block.free_stack, 0);
        ck_assert_uint_eq(check_all(), 0);
    }
}
END_TEST

START_TEST(test_a_late_write_past_the_end_is_a_use_after_free)
{
    live_heap_start();
    unsigned char *block = take(24);
    give(block);
    block[24] ^= 1;
    ck_assert_uint_eq(check_all(), 1);
    assert_only(FINDING_USE_AFTER_FREE, block, 24, 1);
}
END_TEST

START_TEST(test_a_late_write_is_found_at_reuse)
{
    live_heap_start_without_quarantine();
    unsigned char *block = take(24);
    give(block);
    memset(block + 3, 'x', 5);
    ck_assert_ptr_eq(take(24), block);
    struct finding finding = assert_only(FINDING_USE_AFTER_FREE, block, 3, 5);
    ck_assert_int_eq(finding.detected, DETECTED_REUSE);
    ck_assert_uint_ne(finding.block.alloc_stack, 0);
    ck_assert_uint_ne(finding.block.free_stack, 0);
}
END_TEST

START_TEST(test_a_late_write_is_found_when_the_slab_goes_back)
{
    live_heap_start_without_quarantine();
    enum { COUNT = 200 };
    static unsigned char *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = take(5000);
    }
    give(blocks[COUNT / 2]);
    blocks[COUNT / 2][7] ^= 1;
    for (int i = 0; i < COUNT; i++) {
        if (i != COUNT / 2) {
            give(blocks[i]);
        }
    }
    heap_trim();
    assert_only(FINDING_USE_AFTER_FREE, blocks[COUNT / 2], 7, 1);
}
END_TEST

START_TEST(test_damaged_blocks_go_on_working)
{
    live_heap_start_without_quarantine();
    for (int i = 0; i < 100; i++) {
        struct neighbours pair = take_neighbours(24);
        memset(pair.left, 'A', 32);
        give(pair.left);
        give(pair.right);
        memset(pair.left, 'B', 24);
        unsigned char *again[2] = {take_zero(24), take_zero(24)};
        for (int j = 0; j < 24; j++) {
            ck_assert_uint_eq(again[0][j] | again[1][j], 0);
        }
        give(again[0]);
        give(again[1]);
    }
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_an_overflow_by_any_byte_of_the_gap_is_told_at_free);
    tcase_add_test(tests, test_a_zero_byte_behind_the_end_is_an_overflow);
    tcase_add_test(tests, test_an_underflow_by_any_byte_of_the_gap_is_told_at_free);
    tcase_add_test(tests, test_the_first_slot_of_a_slab_has_a_canary_before_it);
    tcase_add_test(tests, test_an_aligned_block_has_canary_up_to_its_start);
    tcase_add_test(tests, test_an_overflow_is_blamed_on_the_left_even_at_the_rights_free);
    tcase_add_test(tests, test_an_underflow_is_blamed_on_the_right_even_at_the_lefts_free);
    tcase_add_test(tests, test_a_jump_names_both_neighbours);
    tcase_add_test(tests, test_a_jump_is_put_down_to_the_nearer_neighbour);
    tcase_add_test(tests, test_a_jump_with_no_block_behind_is_the_left_ones);
    tcase_add_test(tests, test_damage_is_told_with_the_stacks_of_the_block_and_of_its_release);
    tcase_add_test(tests, test_no_more_bytes_are_kept_than_there_is_room_for);
    tcase_add_test(tests, test_damage_told_on_demand_is_not_told_again);
    tcase_add_test(tests, test_a_check_of_one_block_looks_at_no_other);
    tcase_add_test(tests, test_a_late_write_to_any_byte_is_found);
    tcase_add_test(tests, test_a_late_write_past_the_end_is_a_use_after_free);
    tcase_add_test(tests, test_a_late_write_is_found_at_reuse);
    tcase_add_test(tests, test_a_late_write_is_found_when_the_slab_goes_back);
    tcase_add_test(tests, test_damaged_blocks_go_on_working);
}

int main(void)
{
    return suite_run("damage", add);
}
