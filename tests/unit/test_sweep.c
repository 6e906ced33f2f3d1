/* alloc/sweep and alloc/look: damage found while the program runs, the moments it lies
 * between, what happened beside it, and that looking harms nobody. */
#include "alloc/sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/look.h"
#include "alloc/thread.h"
#include "os/pages.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { PASS_MOST_US = 50 * 1000 * 1000 };

static void start(void)
{
    struct heap_config config = live_heap_usual();
    config.keeps_history = true;
    live_heap_start_with(config);
    ck_assert(sweep_start());
}

/* Events are told apart by a clock of 64 us. */
static void sweep(void)
{
    usleep(2000);
    ck_assert(sweep_slice(PASS_MOST_US));
    usleep(2000);
    sweep_tick();
}

static void overrun(unsigned char *block, size_t at)
{
    block[at] = 'X';
}

START_TEST(test_a_clean_heap_is_not_complained_of)
{
    start();
    give(take(100));
    give(take(100000));
    take_aligned(50, 256);
    sweep();
    sweep();
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_an_overflow_is_found_once_and_since_the_look_before)
{
    start();
    unsigned char *block = take(40);
    sweep();
    overrun(block, 40);
    sweep();
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_OVERFLOW);
    ck_assert_int_eq(finding.detected, DETECTED_SWEEP);
    ck_assert_int_eq(finding.window.since, WINDOW_SWEEP);
    ck_assert_uint_eq(finding.window.sweep, 2);
    ck_assert_uint_lt(finding.window.start_ms, finding.window.end_ms);
    ck_assert_uint_eq(finding.block.free_stack, 0);
    ck_assert_int_eq(finding.block.state, BLOCK_LIVE);
    sweep();
    give(block);
    check_all();
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_a_young_block_was_whole_when_allocated)
{
    start();
    sweep();
    unsigned char *block = take(40);
    overrun(block, 41);
    sweep();
    ck_assert_int_eq(found_only().window.since, WINDOW_ALLOCATION);
}
END_TEST

START_TEST(test_a_late_write_is_found_once_and_since_the_release)
{
    start();
    unsigned char *block = take(40), *large = take(200000);
    sweep();
    give(block);
    give(large);
    block[3] = 'X';
    large[70000] = 'X';
    sweep();
    ck_assert_uint_eq(found_of(FINDING_USE_AFTER_FREE), 2);
    ck_assert_int_eq(found_nth(0).window.since, WINDOW_RELEASE);
    ck_assert_int_eq(found_nth(1).window.since, WINDOW_RELEASE);
    sweep();
    check_all();
    ck_assert_uint_eq(found(), 2);
}
END_TEST

START_TEST(test_what_was_told_of_a_freed_block_is_not_told_at_its_reuse)
{
    live_heap_start_without_quarantine();
    ck_assert(sweep_start());
    unsigned char *block = take(40);
    give(block);
    memset(block, 'X', 47); /* the canary behind it as well */
    ck_assert(sweep_slice(PASS_MOST_US));
    unsigned long told = found();
    ck_assert_uint_ge(told, 1);
    ck_assert_ptr_eq(take(40), block);
    give(block);
    ck_assert_uint_eq(found(), told);
}
END_TEST

START_TEST(test_what_happened_beside_it_in_between_is_told_in_order)
{
    start();
    unsigned char *blocks[5];
    struct neighbours pair = take_neighbours(33);
    blocks[0] = pair.left;
    blocks[1] = pair.right;
    for (int i = 2; i < 5; i++) {
        blocks[i] = take(33);
        ck_assert_uint_eq((uintptr_t)blocks[i], (uintptr_t)blocks[i - 1] + 48);
    }
    sweep();
    /* what the release of the next one would not see */
    overrun(blocks[2], 35);
    give(blocks[3]);
    sweep_tick();
    usleep(2000);
    sweep_tick();
    give(blocks[1]);
    sweep();
    struct finding_window window = found_only().window;
    ck_assert_uint_eq(window.event_count, 2);
    ck_assert_uint_eq(window.events_left_out, 0);
    ck_assert_int_eq(window.events[0].distance, 1);
    ck_assert_int_eq(window.events[1].distance, -1);
    for (int i = 0; i < 2; i++) {
        ck_assert(window.events[i].is_release && window.events[i].has_size);
        ck_assert_uint_eq(window.events[i].size_bytes, 33);
        ck_assert_uint_ge(window.events[i].time_ms, window.start_ms);
        ck_assert_uint_le(window.events[i].time_ms, window.end_ms);
    }
    ck_assert_uint_eq(window.events[0].address, (uintptr_t)blocks[3]);
    ck_assert_uint_eq(window.events[0].stack, info_of(blocks[3]).free_stack);
}
END_TEST

START_TEST(test_what_happened_before_is_left_out)
{
    start();
    struct neighbours pair = take_neighbours(40);
    give(pair.right);
    sweep();
    overrun(pair.left, 40);
    sweep();
    ck_assert_uint_eq(found_only().window.event_count, 0);
}
END_TEST

START_TEST(test_a_large_blocks_neighbours_are_the_large_ones_beside_it)
{
    start();
    unsigned char *blocks[3];
    for (int i = 0; i < 3; i++) {
        blocks[i] = take(60000); /* one granule each */
    }
    sweep();
    overrun(blocks[1], 60000);
    give(blocks[0]);
    give(blocks[2]);
    sweep();
    struct finding finding = found_nth(0);
    ck_assert_uint_eq(finding.block.address, (uintptr_t)blocks[1]);
    ck_assert_uint_eq(finding.window.event_count, 2);
    ck_assert_int_ne(finding.window.events[0].distance, finding.window.events[1].distance);
}
END_TEST

static void start_guarded(enum guard_side side)
{
    struct heap_config config = live_heap_usual();
    config.keeps_history = true;
    config.guards_best = GUARDS_MADVISE;
    config.guard = GUARD_ALL;
    config.guard_side = side;
    live_heap_start_with(config);
    ck_assert(sweep_start());
}

START_TEST(test_a_guarded_block_has_its_moments_and_neighbours)
{
    start_guarded(GUARD_SIDE_AFTER);
    unsigned char *blocks[4];
    for (int i = 0; i < 4; i++) {
        blocks[i] = take(25);
        ck_assert_uint_eq((uintptr_t)blocks[i], (uintptr_t)blocks[0] + (size_t)i * 2 * OS_PAGE);
    }
    give(blocks[0]);
    sweep();
    overrun(blocks[2], 30);
    give(blocks[1]);
    sweep();
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_OVERFLOW);
    ck_assert_uint_eq(finding.block.address, (uintptr_t)blocks[2]);
    ck_assert_int_eq(finding.window.since, WINDOW_SWEEP);
    ck_assert_uint_lt(finding.window.start_ms, finding.window.end_ms);
    ck_assert(finding.window.between_guards);
    ck_assert_uint_eq(finding.window.event_count, 1);
    ck_assert(finding.window.events[0].is_release && finding.window.events[0].has_size);
    ck_assert_int_eq(finding.window.events[0].distance, -1);
    ck_assert_uint_eq(finding.window.events[0].address, (uintptr_t)blocks[1]);
    sweep();
    check_all();
    give(blocks[2]);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_a_young_guarded_block_was_whole_when_allocated)
{
    start_guarded(_i == 0 ? GUARD_SIDE_AFTER : GUARD_SIDE_BEFORE);
    sweep();
    unsigned char *block = take(25);
    overrun(block, _i == 0 ? (size_t)-1 : 25); /* where there is no guard */
    sweep();
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, _i == 0 ? FINDING_UNDERFLOW : FINDING_OVERFLOW);
    ck_assert_int_eq(finding.window.since, WINDOW_ALLOCATION);
}
END_TEST

START_TEST(test_nothing_is_looked_at_during_a_pause)
{
    start();
    unsigned char *block = take(40);
    overrun(block, 40);
    sweep_pause();
    ck_assert(!sweep_slice(PASS_MOST_US));
    ck_assert_uint_eq(found(), 0);
    sweep_resume();
    sweep();
    ck_assert_uint_eq(found(), 1);
}
END_TEST

START_TEST(test_slices_make_up_a_pass)
{
    start();
    for (int i = 0; i < 50; i++) {
        ck_assert_ptr_nonnull(take(100000));
    }
    unsigned char *block = take(40);
    overrun(block, 40);
    int slices = 0;
    for (; !sweep_slice(1); slices++) {
    }
    ck_assert_int_gt(slices, 0);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

static void *give_there(void *block)
{
    give(block);
    return NULL;
}

START_TEST(test_a_release_waits_for_a_block_that_is_held)
{
    start();
    void *block = take(40);
    struct ref ref;
    ck_assert(ref_find((uintptr_t)block, &ref) && look_hold(&ref));
    pthread_t other;
    ck_assert_int_eq(pthread_create(&other, NULL, give_there, block), 0);
    usleep(20 * 1000);
    ck_assert_int_eq(info_of(block).state, BLOCK_RELEASING);
    look_let_go(&ref);
    pthread_join(other, NULL);
    ck_assert_int_eq(info_of(block).state, BLOCK_FREED);
    ck_assert(!look_hold(&ref));
    ck_assert_uint_eq(found(), 0);
}
END_TEST

enum { CHURNERS = 3, CHURN_BLOCKS = 100, CHURN_ROUNDS = 200 * 1000 };

static atomic_int churning;

static void *churn(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    unsigned char *blocks[CHURN_BLOCKS] = {0};
    for (int round = 0; round < CHURN_ROUNDS; round++) {
        int at = rand_r(&seed) % CHURN_BLOCKS;
        size_t size = (size_t)rand_r(&seed) % (round % 500 == 0 ? 150000 : 400) + 1;
        if (blocks[at] && round % 3 == 0) {
            blocks[at] = resize(blocks[at], size);
        } else {
            if (blocks[at]) {
                give(blocks[at]);
            }
            blocks[at] = round % 7 == 0 ? take_aligned(size, 64) : take(size);
        }
        memset(blocks[at], 'w', size);
    }
    for (int i = 0; i < CHURN_BLOCKS; i++) {
        if (blocks[i]) {
            give(blocks[i]);
        }
    }
    thread_leave();
    atomic_fetch_sub(&churning, 1);
    return NULL;
}

/* Little is held back, so that slots are used again and slabs go back all the time. */
START_TEST(test_busy_threads_give_no_cause_for_alarm)
{
    struct heap_config config = live_heap_usual();
    config.keeps_history = true;
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 4096;
    live_heap_start_with(config);
    ck_assert(sweep_start());
    pthread_t threads[CHURNERS];
    atomic_store(&churning, CHURNERS);
    for (uintptr_t i = 0; i < CHURNERS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
    }
    int passes = 0;
    while (atomic_load(&churning) > 0) {
        passes += sweep_slice(1000);
    }
    for (int i = 0; i < CHURNERS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_gt(passes, 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_clean_heap_is_not_complained_of);
    tcase_add_test(tests, test_an_overflow_is_found_once_and_since_the_look_before);
    tcase_add_test(tests, test_a_young_block_was_whole_when_allocated);
    tcase_add_test(tests, test_a_late_write_is_found_once_and_since_the_release);
    tcase_add_test(tests, test_what_was_told_of_a_freed_block_is_not_told_at_its_reuse);
    tcase_add_test(tests, test_what_happened_beside_it_in_between_is_told_in_order);
    tcase_add_test(tests, test_what_happened_before_is_left_out);
    tcase_add_test(tests, test_a_large_blocks_neighbours_are_the_large_ones_beside_it);
    tcase_add_test(tests, test_a_guarded_block_has_its_moments_and_neighbours);
    tcase_add_loop_test(tests, test_a_young_guarded_block_was_whole_when_allocated, 0, 2);
    tcase_add_test(tests, test_nothing_is_looked_at_during_a_pause);
    tcase_add_test(tests, test_slices_make_up_a_pass);
    tcase_add_test(tests, test_a_release_waits_for_a_block_that_is_held);
    tcase_add_test(tests, test_busy_threads_give_no_cause_for_alarm);
}

int main(void)
{
    return suite_run("sweep", add);
}
