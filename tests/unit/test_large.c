/* alloc/large: blocks with a run of their own. */
#include "alloc/large.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "alloc/stats.h"
#include "alloc/warm_runs.h"
#include "os/pages.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { SIZE = 200000, PAGE = 4096, HELD_AND_MORE = 400 };

START_TEST(test_a_large_block_has_canary_on_both_sides)
{
    live_heap_start();
    for (size_t size = 32777; size < 300000; size += 9973) {
        unsigned char *block = take(size);
        memset(block, 1, size);
        ck_assert_uint_eq(check_all(), 0);
        block[-1] ^= 1;
        ck_assert_uint_eq(check_all(), 1);
        block[size] ^= 1;
        ck_assert_uint_eq(check_all(), 1);
        give(block);
    }
    ck_assert_uint_eq(found(), found_of(FINDING_OVERFLOW) + found_of(FINDING_UNDERFLOW));
    ck_assert_uint_eq(found_of(FINDING_OVERFLOW), found_of(FINDING_UNDERFLOW));
}
END_TEST

START_TEST(test_the_canary_reaches_to_the_end_of_the_page)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    unsigned char *last =
        (unsigned char *)(((uintptr_t)block + SIZE + PAGE) & ~(uintptr_t)(PAGE - 1)) - 1;
    *last ^= 1;
    give(block);
    ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
    ck_assert_int_eq(found_only().offset, last - block);
}
END_TEST

START_TEST(test_a_block_that_ends_at_a_page_has_a_canary_too)
{
    live_heap_start();
    for (size_t size = 40000; size < 40000 + 2 * PAGE; size += 8) {
        unsigned char *block = take(size);
        block[size] = 0;
        give(block);
    }
    ck_assert_uint_eq(found(), 2 * PAGE / 8);
}
END_TEST

START_TEST(test_aligned_large_blocks_are_aligned_and_guarded)
{
    live_heap_start();
    for (size_t alignment = 64; alignment <= (size_t)1 << 30; alignment *= 4) {
        forget_found();
        unsigned char *block = take_aligned(SIZE, alignment);
        ck_assert_uint_eq((uintptr_t)block % alignment, 0);
        memset(block, 1, SIZE);
        block[-1] ^= 1;
        give(block);
        ck_assert_int_eq(found_only().kind, FINDING_UNDERFLOW);
    }
}
END_TEST

START_TEST(test_a_released_block_gives_its_memory_back)
{
    live_heap_start();
    unsigned char *block = take(SIZE), resident[SIZE / PAGE];
    memset(block, 1, SIZE);
    give(block);
    uintptr_t page = ((uintptr_t)block + PAGE) & ~(uintptr_t)(PAGE - 1);
    ck_assert(os_pages_resident((void *)page, SIZE / PAGE * PAGE, resident));
    for (size_t i = 0; i < sizeof resident; i++) {
        ck_assert(!(resident[i] & 1));
    }
}
END_TEST

START_TEST(test_a_late_write_is_found_where_it_is)
{
    live_heap_start();
    for (size_t offset = 0; offset < SIZE; offset += 7919) {
        forget_found();
        unsigned char *block = take(SIZE);
        give(block);
        block[offset] = 'x';
        ck_assert_uint_eq(check_all(), 1);
        struct finding finding = found_only();
        ck_assert_int_eq(finding.kind, FINDING_USE_AFTER_FREE);
        ck_assert_int_eq(finding.access, ACCESS_WRITE);
        ck_assert_int_eq(finding.detected, DETECTED_API);
        ck_assert_uint_eq(finding.block.address, (uintptr_t)block);
        ck_assert_int_eq(finding.block.state, BLOCK_FREED);
        ck_assert_int_eq(finding.offset, (ptrdiff_t)offset);
        ck_assert_uint_eq(finding.bad_bytes, 1);
        ck_assert_uint_eq(finding.damage[0], 'x');
    }
}
END_TEST

START_TEST(test_a_late_read_is_not_taken_for_a_write)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    give(block);
    for (size_t i = 0; i < SIZE; i += 100) {
        ck_assert_uint_eq(((volatile unsigned char *)block)[i], 0);
    }
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_a_late_write_is_told_once)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    give(block);
    block[100000] = 1;
    ck_assert_uint_eq(check_all(), 1);
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_a_late_write_is_found_when_the_addresses_are_needed)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    give(block);
    block[SIZE / 2] = 1;
    for (int i = 0; i < HELD_AND_MORE; i++) {
        give(take(SIZE));
    }
    ck_assert_int_eq(found_only().kind, FINDING_USE_AFTER_FREE);
    ck_assert_int_eq(found_only().detected, DETECTED_REUSE);
    ck_assert_int_eq(found_only().offset, SIZE / 2);
}
END_TEST

START_TEST(test_a_stray_write_behind_the_canary_is_gone_when_the_run_is_reused)
{
    live_heap_start_without_quarantine();
    unsigned char *block = take(70000);
    unsigned char *stray = block + 2 * 65536 - 200; /* still in its run of two granules */
    *stray = 1;
    give(block);
    block = take_zero(2 * 65536 - 300);
    for (size_t i = 0; i < 2 * 65536 - 300; i++) {
        ck_assert_uint_eq(block[i], 0);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_addresses_stay_held_back_for_a_while)
{
    live_heap_start();
    void *block = take(SIZE);
    give(block);
    for (int i = 0; i < 20; i++) {
        ck_assert_ptr_ne(take(SIZE), block);
    }
}
END_TEST

static void give_large_blocks(size_t size, int count)
{
    static void *blocks[HELD_AND_MORE];
    for (int i = 0; i < count; i++) {
        blocks[i] = take(size);
    }
    for (int i = 0; i < count; i++) {
        give(blocks[i]);
    }
}

START_TEST(test_addresses_held_back_serve_when_a_limit_allows_no_others)
{
    live_heap_start();
    give_large_blocks(1 << 20, 200);
    struct rlimit usual, limit;
    getrlimit(RLIMIT_AS, &usual);
    limit = (struct rlimit){100 << 20, usual.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    void *large = take(1 << 20);
    give_large_blocks(1 << 20, 64);
    void *small = take(100);
    setrlimit(RLIMIT_AS, &usual);
    ck_assert_ptr_nonnull(large);
    ck_assert_ptr_nonnull(small);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_releases_by_the_thousand_keep_the_heap_small)
{
    live_heap_start();
    for (int i = 0; i < 3000; i++) {
        give(take(SIZE));
    }
    ck_assert_uint_lt(heap_stats().arena_bytes, 300 * 4 * GRANULE_BYTES);
}
END_TEST

START_TEST(test_growth_in_place_goes_on_without_moving)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    unsigned moved = 0;
    for (size_t size = SIZE; size < 60000000; size += 100000) {
        unsigned char *grown = resize(block, size);
        moved += grown != block;
        block = grown;
        block[size - 1] = 1;
    }
    ck_assert_uint_lt(moved, 12);
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_memory_behind_a_shrunk_block_goes_back)
{
    live_heap_start();
    unsigned char *block = take(1000000), resident[100];
    memset(block, 1, 1000000);
    ck_assert_ptr_eq(resize(block, 500000), block);
    uintptr_t behind = ((uintptr_t)block + 500000 + 2 * PAGE) & ~(uintptr_t)(PAGE - 1);
    ck_assert(os_pages_resident((void *)behind, sizeof resident * PAGE, resident));
    for (size_t i = 0; i < sizeof resident; i++) {
        ck_assert(!(resident[i] & 1));
    }
}
END_TEST

START_TEST(test_what_a_shrunk_block_held_is_gone_when_it_grows)
{
    live_heap_start();
    unsigned char *block = take(1000000);
    memset(block, 1, 1000000);
    ck_assert_ptr_eq(resize(block, 500000), block);
    ck_assert_ptr_eq(resize(block, 900000), block);
    for (size_t i = 500000 + PAGE; i < 900000; i++) {
        ck_assert_uint_eq(block[i], 0);
    }
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_memory_locked_by_the_program_is_no_late_write)
{
    live_heap_start();
    unsigned char *block = take(SIZE);
    memset(block, 1, SIZE);
    uintptr_t page = (uintptr_t)block & ~(uintptr_t)(PAGE - 1);
    if (mlock((void *)page, 8 * PAGE) != 0) {
        return; /* not permitted here */
    }
    give(block);
    ck_assert_uint_eq(check_all(), 0);
    for (int i = 0; i < HELD_AND_MORE; i++) {
        block = take_zero(SIZE);
        ck_assert_uint_eq(block[0] | block[5 * PAGE], 0);
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_resizing_blocks_of_middling_size_makes_no_mappings)
{
    live_heap_start();
    enum { BLOCKS = 300 };
    static unsigned char *blocks[BLOCKS];
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = blocks[i] ? resize(blocks[i], (size_t)round * 150000) : take(150000);
            ck_assert_ptr_nonnull(blocks[i]);
        }
    }
    FILE *maps = fopen("/proc/self/maps", "r");
    int lines = 0;
    for (int c; (c = fgetc(maps)) != EOF;) {
        lines += c == '\n';
    }
    fclose(maps);
    ck_assert_int_lt(lines, 400);
}
END_TEST

static struct heap_config bare(void)
{
    struct heap_config config = live_heap_usual();
    config.fill = false;
    config.quarantine_follows = false;
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 0;
    return config;
}

static unsigned resident_of(const void *block, size_t size)
{
    unsigned char pages[SIZE / PAGE + 2];
    unsigned count = 0;
    uintptr_t start = (uintptr_t)block & ~(uintptr_t)(PAGE - 1);
    size_t bytes = ((uintptr_t)block + size - start) & ~(uintptr_t)(PAGE - 1);
    ck_assert(os_pages_resident((void *)start, bytes, pages));
    for (size_t i = 0; i < bytes / PAGE; i++) {
        count += pages[i] & 1;
    }
    return count;
}

START_TEST(test_without_fill_and_quarantine_a_run_is_reused_with_its_memory)
{
    live_heap_start_with(bare());
    unsigned char *block = take(SIZE);
    memset(block, 1, SIZE);
    give(block);
    ck_assert_uint_eq(resident_of(block, SIZE), SIZE / PAGE);
    ck_assert_ptr_eq(take(SIZE), block);
    give(block);
    unsigned char *zeroed = take_zero(SIZE);
    ck_assert_ptr_eq(zeroed, block);
    for (size_t i = 0; i < SIZE; i++) {
        ck_assert_uint_eq(zeroed[i], 0);
    }
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_few_runs_are_kept_with_their_memory)
{
    live_heap_start_with(bare());
    unsigned char *blocks[100];
    unsigned kept = 0;
    for (int i = 0; i < 100; i++) {
        blocks[i] = take(SIZE);
        memset(blocks[i], 1, SIZE);
    }
    for (int i = 0; i < 100; i++) {
        give(blocks[i]);
    }
    for (int i = 0; i < 100; i++) {
        kept += resident_of(blocks[i], SIZE) > 0;
    }
    ck_assert_uint_gt(kept, 0);
    ck_assert_uint_le(kept * (size_t)SIZE, WARM_BYTES);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_without_fill_and_quarantine_a_run_is_reused_with_its_memory);
    tcase_add_test(tests, test_few_runs_are_kept_with_their_memory);
    tcase_add_test(tests, test_a_large_block_has_canary_on_both_sides);
    tcase_add_test(tests, test_the_canary_reaches_to_the_end_of_the_page);
    tcase_add_test(tests, test_a_block_that_ends_at_a_page_has_a_canary_too);
    tcase_add_test(tests, test_aligned_large_blocks_are_aligned_and_guarded);
    tcase_add_test(tests, test_a_released_block_gives_its_memory_back);
    tcase_add_test(tests, test_a_late_write_is_found_where_it_is);
    tcase_add_test(tests, test_a_late_read_is_not_taken_for_a_write);
    tcase_add_test(tests, test_a_late_write_is_told_once);
    tcase_add_test(tests, test_a_late_write_is_found_when_the_addresses_are_needed);
    tcase_add_test(tests, test_a_stray_write_behind_the_canary_is_gone_when_the_run_is_reused);
    tcase_add_test(tests, test_addresses_stay_held_back_for_a_while);
    tcase_add_test(tests, test_addresses_held_back_serve_when_a_limit_allows_no_others);
    tcase_add_test(tests, test_releases_by_the_thousand_keep_the_heap_small);
    tcase_add_test(tests, test_growth_in_place_goes_on_without_moving);
    tcase_add_test(tests, test_memory_behind_a_shrunk_block_goes_back);
    tcase_add_test(tests, test_what_a_shrunk_block_held_is_gone_when_it_grows);
    tcase_add_test(tests, test_memory_locked_by_the_program_is_no_late_write);
    tcase_add_test(tests, test_resizing_blocks_of_middling_size_makes_no_mappings);
}

int main(void)
{
    return suite_run("large", add);
}
