/* alloc/cache: a thread's free slots and its quarantine. */
#include "alloc/cache.h"

#include <string.h>

#include "alloc/stats.h"
#include "heap/buddy.h"
#include "os/pages.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { KIB = 1024 };

static void start_with_quarantine(size_t bytes)
{
    struct heap_config config = live_heap_usual();
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = bytes;
    live_heap_start_with(config);
}

/* How many releases of the same size it takes until the slot of `block`, just released, is handed
 * out again. */
static int releases_until_reuse(void *block, size_t size)
{
    for (int i = 0; i < 100000; i++) {
        void *next = take(size);
        if (next == block) {
            return i;
        }
        give(next);
    }
    return -1;
}

START_TEST(test_an_entry_keeps_slot_and_class)
{
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        uintptr_t slot = (((uintptr_t)1 << 47) - 1) & ~(uintptr_t)15;
        uint64_t entry = (uint64_t)c << CACHE_CLASS_SHIFT | slot;
        ck_assert_uint_eq(cache_entry_slot(entry), slot);
        ck_assert_uint_eq(cache_entry_class(entry), c);
    }
}
END_TEST

START_TEST(test_a_released_block_is_held_back_for_the_quarantines_worth)
{
    start_with_quarantine(64 * KIB);
    void *block = take(100); /* slots of 112 bytes: 585 of them fit */
    give(block);
    int releases = releases_until_reuse(block, 100);
    ck_assert_int_ge(releases, 580);
    ck_assert_int_le(releases, 700);
}
END_TEST

START_TEST(test_blocks_of_another_class_push_a_block_out)
{
    start_with_quarantine(64 * KIB);
    void *block = take(100);
    give(block);
    for (int i = 0; i < 30; i++) {
        give(take(4000));
    }
    ck_assert_int_lt(releases_until_reuse(block, 100), 40);
}
END_TEST

START_TEST(test_the_quarantine_stays_within_its_limit)
{
    start_with_quarantine(64 * KIB);
    for (size_t i = 0; i < 20000; i++) {
        give(take(i * 7919 % 20000));
        ck_assert_uint_le(heap_stats().quarantine_bytes, 64 * KIB + SLOT_MOST);
    }
    ck_assert_uint_gt(heap_stats().quarantine_bytes, 30 * KIB);
}
END_TEST

START_TEST(test_large_blocks_push_as_many_small_ones_out_as_they_need)
{
    enum { SMALL_BLOCKS = 3000, LARGE = 10000 };
    start_with_quarantine(256 * KIB);
    void *small[SMALL_BLOCKS], *large[20];
    for (int i = 0; i < SMALL_BLOCKS; i++) {
        small[i] = take(1);
    }
    for (int i = 0; i < 20; i++) {
        large[i] = take(LARGE);
    }
    for (int i = 0; i < SMALL_BLOCKS; i++) {
        give(small[i]);
    }
    for (int i = 0; i < 20; i++) {
        give(large[i]);
        ck_assert_uint_le(heap_stats().quarantine_bytes, 256 * KIB);
    }
}
END_TEST

START_TEST(test_without_quarantine_the_last_slot_is_reused_at_once)
{
    live_heap_start_without_quarantine();
    void *block = take(100);
    give(block);
    ck_assert_ptr_eq(take(100), block);
    ck_assert_uint_eq(heap_stats().quarantine_bytes, 0);
}
END_TEST

START_TEST(test_the_limit_follows_the_live_heap)
{
    struct heap_config config = live_heap_usual();
    config.quarantine_follows = true;
    config.quarantine_floor_bytes = 64 * KIB;
    config.quarantine_cap_bytes = 1024 * KIB;
    live_heap_start_with(config);
    for (int i = 0; i < 3000; i++) {
        give(take(1000));
    }
    ck_assert_uint_le(heap_stats().quarantine_bytes, 66 * KIB);
    static void *live[4000];
    for (int i = 0; i < 4000; i++) {
        live[i] = take(500); /* 2 MB, a quarter of which may be held */
    }
    for (int i = 0; i < 3000; i++) {
        give(take(1000));
    }
    ck_assert_uint_gt(heap_stats().quarantine_bytes, 400 * KIB);
    ck_assert_uint_lt(heap_stats().quarantine_bytes, 600 * KIB);
    for (int i = 0; i < 4000; i++) {
        give(live[i]);
    }
}
END_TEST

START_TEST(test_releases_not_held_for_want_of_memory_are_counted)
{
    live_heap_start();
    enum { COUNT = 40000 };
    static void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = take(16);
    }
    os_pages_fail_at(1, true);
    for (int i = 0; i < COUNT; i++) {
        give(blocks[i]);
    }
    os_pages_fail_at(0, false);
    struct heap_stats stats = heap_stats();
    ck_assert_uint_gt(stats.unquarantined, 0);
    ck_assert_uint_eq(stats.live_blocks, 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_trim_gives_all_idle_memory_back)
{
    live_heap_start_without_quarantine();
    enum { COUNT = 3000 };
    static void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = take((size_t)i * 10);
    }
    for (int i = 0; i < COUNT; i++) {
        give(blocks[i]);
    }
    ck_assert_uint_gt(buddy_granules_in_use(), 0);
    ck_assert(heap_trim());
    ck_assert_uint_eq(buddy_granules_in_use(), 0);
    ck_assert(!heap_trim());
    give(take(100));
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_busy_heap_comes_back_to_a_small_one)
{
    start_with_quarantine(64 * KIB);
    enum { COUNT = 20000 };
    static void *blocks[COUNT];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < COUNT; i++) {
            blocks[i] = take(500);
        }
        for (int i = 0; i < COUNT; i++) {
            give(blocks[i]);
        }
        ck_assert_uint_lt(heap_stats().arena_bytes, 512 * KIB);
    }
}
END_TEST

START_TEST(test_every_class_can_be_used_at_once)
{
    start_with_quarantine(256 * KIB);
    static unsigned char *blocks[SIZE_CLASSES][40];
    for (int i = 0; i < 40; i++) {
        for (unsigned c = 0; c < SIZE_CLASSES; c++) {
            size_t size = size_class_slot_bytes(c) - 8;
            blocks[c][i] = take(size);
            memset(blocks[c][i], (int)c, size);
        }
    }
    for (int i = 0; i < 40; i++) {
        for (unsigned c = 0; c < SIZE_CLASSES; c++) {
            ck_assert_uint_eq(blocks[c][i][0], c);
            ck_assert_uint_eq(blocks[c][i][size_class_slot_bytes(c) - 9], c);
            give(blocks[c][i]);
        }
    }
    ck_assert_uint_eq(check_all(), 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_an_entry_keeps_slot_and_class);
    tcase_add_test(tests, test_a_released_block_is_held_back_for_the_quarantines_worth);
    tcase_add_test(tests, test_blocks_of_another_class_push_a_block_out);
    tcase_add_test(tests, test_the_quarantine_stays_within_its_limit);
    tcase_add_test(tests, test_large_blocks_push_as_many_small_ones_out_as_they_need);
    tcase_add_test(tests, test_without_quarantine_the_last_slot_is_reused_at_once);
    tcase_add_test(tests, test_the_limit_follows_the_live_heap);
    tcase_add_test(tests, test_releases_not_held_for_want_of_memory_are_counted);
    tcase_add_test(tests, test_a_trim_gives_all_idle_memory_back);
    tcase_add_test(tests, test_a_busy_heap_comes_back_to_a_small_one);
    tcase_add_test(tests, test_every_class_can_be_used_at_once);
}

int main(void)
{
    return suite_run("cache", add);
}
