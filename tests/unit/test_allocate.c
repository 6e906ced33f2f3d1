/* alloc/allocate: what a new block is like. */
#include "alloc/allocate.h"

#include <errno.h>
#include <string.h>

#include "alloc/stats.h"
#include "block/fill.h"
#include "heap/size_class.h"
#include "os/pages.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { MIB = 1 << 20 };

static void assert_bytes(const unsigned char *block, size_t size, unsigned char value)
{
    for (size_t i = 0; i < size; i++) {
        if (block[i] != value) {
            ck_abort_msg("byte %zu of %zu is %u", i, size, block[i]);
        }
    }
}

START_TEST(test_blocks_are_aligned_as_asked_for)
{
    live_heap_start();
    const size_t sizes[] = {0, 1, 15, 16, 17, 100, 504, 520, 4096, 30000, 32776, 32777, 100000};
    for (size_t alignment = 1; alignment <= MIB; alignment *= 2) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char *block = take_aligned(sizes[i], alignment);
            ck_assert_ptr_nonnull(block);
            ck_assert_uint_eq((uintptr_t)block % (alignment > 16 ? alignment : 16), 0);
            memset(block, 1, sizes[i]);
            give(block);
        }
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_the_usable_size_is_the_size_asked_for)
{
    live_heap_start();
    for (size_t size = 0; size <= 34000; size += size < 1100 ? 1 : 13) {
        void *block = take(size);
        ck_assert_uint_eq(block_usable_size(block), size);
        give(block);
    }
}
END_TEST

START_TEST(test_only_a_live_block_has_a_usable_size)
{
    live_heap_start();
    char *block = take(100);
    int local;
    ck_assert_uint_eq(block_usable_size(block + 1), 0);
    ck_assert_uint_eq(block_usable_size(&local), 0);
    ck_assert_uint_eq(block_usable_size(NULL), 0);
    give(block);
    ck_assert_uint_eq(block_usable_size(block), 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_every_byte_around_a_class_border_is_the_programs)
{
    live_heap_start_without_quarantine();
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        for (size_t size = size_class_slot_bytes(c) - 18; size <= size_class_slot_bytes(c) + 2;
             size++) {
            unsigned char *block = take(size);
            memset(block, 0x42, size);
            assert_bytes(block, size, 0x42);
            give(block);
        }
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_blocks_keep_their_contents_beside_each_other)
{
    live_heap_start();
    enum { COUNT = 2000 };
    static unsigned char *blocks[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        blocks[i] = take(i);
        memset(blocks[i], (int)(i % 251), i);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_bytes(blocks[i], i, (unsigned char)(i % 251));
        give(blocks[i]);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_zeroed_blocks_are_zero_where_dirty_ones_were)
{
    live_heap_start_without_quarantine();
    for (size_t size = 1; size < 300000; size = size * 5 / 4 + 1) {
        unsigned char *dirty = take(size);
        memset(dirty, 0xff, size);
        give(dirty);
        unsigned char *block = take_zero(size);
        assert_bytes(block, size, 0);
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_fresh_memory_has_the_pattern)
{
    live_heap_start();
    for (size_t size = 0; size < 3000; size += 7) {
        ck_assert(fill_is_whole((uintptr_t)take(size), size, FILL_FRESH));
    }
    ck_assert(
        fill_is_whole((uintptr_t)take(100000), 4000, FILL_FRESH)); /* what its first page has */
}
END_TEST

START_TEST(test_without_fill_freed_contents_stay)
{
    struct heap_config config = live_heap_usual();
    config.fill = false;
    live_heap_start_with(config);
    char *block = take(100);
    memset(block, 'x', 100);
    give(block);
    ck_assert_int_eq(block[50], 'x');
    check_all();
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_blocks_of_no_size_are_distinct)
{
    live_heap_start();
    void *a = take(0), *b = take(0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_ne(a, b);
    give(a);
    give(b);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_impossible_sizes_are_refused)
{
    struct heap_config config = live_heap_usual();
    config.redzone_bytes = 4096;
    live_heap_start_with(config);
    const size_t sizes[] = {
        SIZE_MAX,    SIZE_MAX - 16,      SIZE_MAX - 4096, (size_t)PTRDIFF_MAX + 1,
        PTRDIFF_MAX, PTRDIFF_MAX - 4096, PTRDIFF_MAX / 2, (size_t)1 << 45};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned alignment_log2 = 4; alignment_log2 < 64; alignment_log2++) {
            ck_assert_ptr_null(take_aligned(sizes[i], (size_t)1 << alignment_log2));
        }
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_impossible_alignments_are_refused)
{
    live_heap_start();
    for (unsigned alignment_log2 = 42; alignment_log2 < 64; alignment_log2++) {
        ck_assert_ptr_null(take_aligned(1, (size_t)1 << alignment_log2));
    }
}
END_TEST

START_TEST(test_errno_is_kept)
{
    live_heap_start();
    errno = 4711;
    void *small = take(100), *large = take(1000000);
    ck_assert_ptr_null(take((size_t)1 << 45));
    give(small);
    give(large);
    give(&errno);
    check_all();
    ck_assert_int_eq(errno, 4711);
}
END_TEST

START_TEST(test_figures_count_blocks_and_bytes)
{
    live_heap_start();
    void *a = take(1000), *b = take(100000);
    struct heap_stats stats = heap_stats();
    ck_assert_uint_eq(stats.live_blocks, 2);
    ck_assert_uint_eq(stats.live_bytes, 101000);
    ck_assert_uint_ge(stats.peak_bytes, 101000);
    give(a);
    give(b);
    stats = heap_stats();
    ck_assert_uint_eq(stats.live_blocks, 0);
    ck_assert_uint_eq(stats.live_bytes, 0);
    ck_assert_uint_eq(stats.allocations, 2);
    ck_assert_uint_eq(stats.frees, 2);
    ck_assert_uint_ge(stats.peak_bytes, 100000);
}
END_TEST

/* Allocates, resizes and releases through all placements; what it cannot get it does without. */
static void workload(void)
{
    enum { COUNT = 64 };
    unsigned char *blocks[COUNT] = {0};
    size_t sizes[COUNT] = {0};
    for (unsigned step = 0; step < 1500; step++) {
        unsigned i = step * 7 % COUNT;
        size_t size = (size_t)(step * 2654435761u) % (step % 9 == 0 ? 300000 : 3000) + 1;
        unsigned char *now = blocks[i] && step % 3 == 0 ? resize(blocks[i], size) : NULL;
        if (blocks[i] && !now) {
            assert_bytes(blocks[i], sizes[i], (unsigned char)i);
            give(blocks[i]);
        }
        blocks[i] = now ? now : take_aligned(size, step % 5 == 0 ? 128 : 16);
        sizes[i] = blocks[i] ? size : 0;
        if (blocks[i]) {
            memset(blocks[i], (int)i, size);
        }
    }
    for (unsigned i = 0; i < COUNT; i++) {
        assert_bytes(blocks[i], sizes[i], (unsigned char)i);
        give(blocks[i]);
    }
}

START_TEST(test_any_failing_mapping_leaves_the_heap_sane)
{
    struct heap_config config = live_heap_usual();
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 64 * 1024;
    live_heap_start_with(config);
    for (unsigned long nth = 1; nth <= 60; nth++) {
        os_pages_fail_at(nth, nth % 2 == 0);
        workload();
        os_pages_fail_at(0, false);
        ck_assert_uint_eq(check_all(), 0);
        ck_assert_uint_eq(heap_stats().live_blocks, 0);
        heap_trim(); /* so that the next round has to ask again */
    }
    workload();
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_the_peak_of_a_small_heap_is_exact)
{
    live_heap_start();
    void *a = take(100), *b = take(200);
    give(a);
    give(b);
    give(take(50));
    ck_assert_uint_eq(heap_stats().peak_bytes, 300);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_the_peak_of_a_small_heap_is_exact);
    tcase_add_test(tests, test_blocks_are_aligned_as_asked_for);
    tcase_add_test(tests, test_the_usable_size_is_the_size_asked_for);
    tcase_add_test(tests, test_only_a_live_block_has_a_usable_size);
    tcase_add_test(tests, test_every_byte_around_a_class_border_is_the_programs);
    tcase_add_test(tests, test_blocks_keep_their_contents_beside_each_other);
    tcase_add_test(tests, test_zeroed_blocks_are_zero_where_dirty_ones_were);
    tcase_add_test(tests, test_fresh_memory_has_the_pattern);
    tcase_add_test(tests, test_without_fill_freed_contents_stay);
    tcase_add_test(tests, test_blocks_of_no_size_are_distinct);
    tcase_add_test(tests, test_impossible_sizes_are_refused);
    tcase_add_test(tests, test_impossible_alignments_are_refused);
    tcase_add_test(tests, test_errno_is_kept);
    tcase_add_test(tests, test_figures_count_blocks_and_bytes);
    tcase_add_test(tests, test_any_failing_mapping_leaves_the_heap_sane);
}

int main(void)
{
    return suite_run("allocate", add);
}
