/* inspect/snapshot: what is live, by allocation stack and generation. */
#include "inspect/snapshot.h"

#include <check.h>

#include "alloc/generation.h"
#include "os/pages.h"
#include "stack/start.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { MANY = 2000, DEEPEST = 200 };

static uint64_t blocks_of(const struct snapshot *snapshot)
{
    uint64_t blocks = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        blocks += snapshot->age[i].blocks;
    }
    return blocks;
}

static uint64_t bytes_of(const struct snapshot *snapshot)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        bytes += snapshot->age[i].bytes;
    }
    return bytes;
}

/* Each depth is a stack of its own. */
static NOINLINE void *take_deep(unsigned depth, size_t size)
{
    void *block = depth > 0 ? take_deep(depth - 1, size) : take(size);
    __asm__ volatile("" ::: "memory"); /* no tail call */
    return block;
}

static void start(void)
{
    live_heap_start();
    stack_start(256);
}

START_TEST(test_live_blocks_are_counted_with_the_size_asked_for)
{
    live_heap_start();
    struct snapshot snapshot;
    void *freed = take(64);
    take(10);
    take(20);
    take(1000000);
    give(freed);
    ck_assert(snapshot_take(&snapshot));
    ck_assert_uint_eq(blocks_of(&snapshot), 3);
    ck_assert_uint_eq(bytes_of(&snapshot), 1000030);
    snapshot_free(&snapshot);
    ck_assert_ptr_null(snapshot.age);
}
END_TEST

START_TEST(test_an_empty_heap_is_an_empty_snapshot)
{
    live_heap_start();
    struct snapshot snapshot;
    ck_assert(snapshot_take(&snapshot));
    ck_assert_uint_eq(snapshot.count, 0);
    snapshot_free(&snapshot);
}
END_TEST

START_TEST(test_each_stack_is_one_and_the_largest_comes_first)
{
    start();
    for (unsigned depth = 0; depth < DEEPEST; depth++) {
        for (volatile unsigned i = 0; i < 3; i++) { /* one call, not three */
            (void)take_deep(depth, 10 + depth);
        }
    }
    struct snapshot snapshot;
    ck_assert(snapshot_take(&snapshot));
    ck_assert_uint_eq(snapshot.count, DEEPEST);
    for (size_t i = 0; i < snapshot.count; i++) {
        ck_assert_uint_eq(snapshot.age[i].blocks, 3);
        ck_assert_uint_eq(snapshot.age[i].bytes, 3 * (10 + DEEPEST - 1 - i));
        ck_assert_uint_eq(snapshot.age[i].site_bytes, snapshot.age[i].bytes);
    }
    snapshot_free(&snapshot);
}
END_TEST

START_TEST(test_generations_of_a_stack_stand_together_oldest_first)
{
    start();
    uint32_t marks[3] = {0};
    for (volatile unsigned round = 0; round < 3; round++) { /* one call of take_deep() for all */
        if (round > 0) {
            marks[round] = heap_mark();
        }
        for (volatile unsigned i = 0; i <= round; i++) {
            (void)take_deep(1, 100);
        }
    }
    struct snapshot snapshot;
    ck_assert(snapshot_take(&snapshot));
    ck_assert_uint_eq(snapshot.count, 3);
    for (unsigned round = 0; round < 3; round++) {
        ck_assert_uint_eq(snapshot.age[round].generation, marks[round]);
        ck_assert_uint_eq(snapshot.age[round].blocks, round + 1);
        ck_assert_uint_eq(snapshot.age[round].site_bytes, 600);
        ck_assert_uint_eq(snapshot.age[round].alloc_stack, snapshot.age[0].alloc_stack);
    }
    snapshot_free(&snapshot);
}
END_TEST

START_TEST(test_without_memory_nothing_is_kept)
{
    start();
    for (unsigned i = 0; i < MANY; i++) {
        (void)heap_mark(); /* a generation each: more than the first table holds */
        (void)take(16);
    }
    struct snapshot snapshot;
    unsigned failures = 0;
    for (unsigned long nth = 1;; nth++) {
        os_pages_fail_at(nth, true);
        bool taken = snapshot_take(&snapshot);
        os_pages_fail_at(0, false);
        if (taken) {
            break;
        }
        ck_assert_ptr_null(snapshot.age);
        ck_assert_uint_eq(snapshot.count, 0);
        failures++;
    }
    ck_assert_uint_gt(failures, 0);
    ck_assert_uint_eq(blocks_of(&snapshot), MANY);
    snapshot_free(&snapshot);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_live_blocks_are_counted_with_the_size_asked_for);
    tcase_add_test(tests, test_an_empty_heap_is_an_empty_snapshot);
    tcase_add_test(tests, test_each_stack_is_one_and_the_largest_comes_first);
    tcase_add_test(tests, test_generations_of_a_stack_stand_together_oldest_first);
    tcase_add_test(tests, test_without_memory_nothing_is_kept);
}

int main(void)
{
    return suite_run("snapshot", add);
}
