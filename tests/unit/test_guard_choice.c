/* alloc/guard_choice: which blocks are guarded, within which bounds. */
#include "alloc/guard_choice.h"

#include <pthread.h>

#include "alloc/guarded.h"
#include "alloc/thread.h"
#include "os/clock.h"
#include "stack/stack.h"
#include "stack/start.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { RATE = 64, SMALL = 4096, STACK = 1000 };

static void start_with(enum guard_mode mode)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = GUARDS_MADVISE;
    config.guard = mode;
    config.guard_rate = RATE;
    live_heap_start_with(config);
}

static bool guards(uint32_t stack)
{
    return guard_choice(stack, true, SMALL).guard;
}

enum { STEP_US = 10 };

/* So much of the allowance goes, a block's worth at a time. */
static void spend_us(uint64_t us)
{
    for (; us >= STEP_US; us -= STEP_US) {
        guard_choice_end(os_clock_ns() - STEP_US * 1000);
    }
}

START_TEST(test_off_and_all_are_what_they_say)
{
    start_with(_i == 0 ? GUARD_OFF : GUARD_ALL);
    for (uint32_t stack = 0; stack < 1000; stack++) {
        ck_assert(guard_choice(stack, false, SMALL).guard == (_i == 1));
        ck_assert(guard_choice(stack, true, SMALL).guard == (_i == 1));
    }
}
END_TEST

START_TEST(test_the_first_blocks_of_a_stack_are_guarded_and_then_fewer)
{
    start_with(GUARD_SAMPLE);
    static const uint16_t gaps[] = {1, 2, 4, 8, 16, 32, 64, 64, 64, 64};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        struct guard_verdict verdict = guard_choice(STACK, true, SMALL);
        ck_assert(verdict.guard);
        ck_assert_uint_eq(verdict.ask_after, gaps[i]);
    }
}
END_TEST

START_TEST(test_each_stack_counts_for_itself)
{
    start_with(GUARD_SAMPLE);
    for (uint32_t stack = 2; stack < 400000; stack += 1999) {
        struct guard_verdict verdict = guard_choice(stack, false, SMALL);
        ck_assert(verdict.guard);
        ck_assert_uint_eq(verdict.ask_after, 1);
    }
}
END_TEST

START_TEST(test_chance_decides_where_nobody_counts)
{
    start_with(GUARD_SAMPLE);
    int guarded = 0;
    for (int i = 0; i < 6400; i++) {
        guarded += guard_choice(STACK, false, SMALL).guard;
    }
    ck_assert_int_ge(guarded, 60);
    ck_assert_int_le(guarded, 200);
}
END_TEST

START_TEST(test_without_a_stack_nothing_is_guarded)
{
    start_with(GUARD_SAMPLE);
    ck_assert(!guards(STACK_NONE));
}
END_TEST

START_TEST(test_a_spent_allowance_refuses_and_comes_again_with_time)
{
    start_with(GUARD_SAMPLE);
    struct guard_verdict last;
    while ((last = guard_choice(STACK, true, SMALL)).guard) {
        spend_us(1000);
    }
    ck_assert_uint_gt(last.ask_after, 1);
    int waits = 0;
    for (; !guards(STACK) && waits < 100000; waits++) {
        os_sleep_us(1000);
    }
    ck_assert_int_lt(waits, 100000);
}
END_TEST

START_TEST(test_what_is_left_goes_to_stacks_that_had_least)
{
    start_with(GUARD_SAMPLE);
    for (int i = 0; i < 10; i++) {
        ck_assert(guards(STACK));
    }
    while (guards(STACK)) {
        spend_us(10);
    }
    ck_assert(guards(STACK + 100));
}
END_TEST

START_TEST(test_a_block_that_took_long_is_not_paid_for_in_full)
{
    start_with(GUARD_SAMPLE);
    guard_choice_end(os_clock_ns() - 1000000000); /* the scheduler had other plans */
    ck_assert(guards(STACK));
}
END_TEST

START_TEST(test_who_has_run_for_a_while_may_spend_ahead)
{
    start_with(GUARD_SAMPLE);
    os_sleep_us(200 * 1000); /* a 100th of half of it is 1,000 us */
    int guarded = 0;
    for (uint32_t stack = 2; guarded < 100 && guards(stack); stack += 2) {
        guarded++;
        spend_us(STEP_US);
    }
    ck_assert_int_eq(guarded, 100);
}
END_TEST

START_TEST(test_sides_take_turns_for_each_stack_and_behind_is_first)
{
    start_with(GUARD_SAMPLE);
    for (uint32_t stack = 2; stack < 40; stack += 2) {
        for (int i = 0; i < 8; i++) {
            ck_assert(guards(stack));
            ck_assert_int_eq(guard_choice_side(stack),
                             i % 2 == 0 ? GUARD_SIDE_AFTER : GUARD_SIDE_BEFORE);
        }
    }
    ck_assert_int_eq(guard_choice_side(STACK), GUARD_SIDE_BOTH);
    guard_choice_always(2); /* no longer counted */
    ck_assert_int_eq(guard_choice_side(2), GUARD_SIDE_BOTH);
}
END_TEST

START_TEST(test_memory_of_guarded_blocks_is_bounded)
{
    start_with(GUARD_SAMPLE);
    struct granule *run;
    uint32_t slot;
    uint32_t stack = 2;
    size_t bytes = 0;
    for (; guards(stack); stack += 2) {
        ck_assert(guarded_take(1, &run, &slot));
        bytes += OS_PAGE;
        ck_assert_uint_le(bytes, 1 << 20);
    }
    ck_assert_uint_eq(bytes, 1 << 20);
    static void *live[100];
    for (int i = 0; i < 100; i++) {
        live[i] = take(1 << 20);
    }
    ck_assert(guards(stack)); /* a part of so much may be guarded */
    for (int i = 0; i < 100; i++) {
        give(live[i]);
    }
}
END_TEST

START_TEST(test_a_marked_stack_is_always_guarded)
{
    start_with(_i == 0 ? GUARD_SAMPLE : GUARD_SITES);
    if (_i == 0) {
        spend_us(1000000);
    }
    ck_assert(!guards(STACK));
    guard_choice_always(STACK);
    for (int i = 0; i < 100; i++) {
        struct guard_verdict verdict = guard_choice(STACK, true, SMALL);
        ck_assert(verdict.guard);
        ck_assert_uint_eq(verdict.ask_after, 1);
    }
    ck_assert(!guards(STACK + 2));
}
END_TEST

static uint32_t last_asked;
static unsigned times_asked;

static bool knows_even(uint32_t stack)
{
    last_asked = stack;
    times_asked++;
    return stack / 2 % 2 == 0;
}

START_TEST(test_known_sites_are_asked_for_once)
{
    guard_site_is_known = knows_even;
    start_with(GUARD_SITES);
    for (uint32_t stack = 100; stack < 300; stack += 2) {
        for (int i = 0; i < 3; i++) {
            ck_assert(guards(stack) == (stack / 2 % 2 == 0));
            ck_assert_uint_eq(last_asked, stack);
        }
    }
    ck_assert_uint_eq(times_asked, 100);
}
END_TEST

/* Through the heap: the countdown lies with the stack's memo. A stack is all of its frames, so all
 * blocks of these rounds come from one loop. */
enum { ROUNDS = 4 };

static const struct round {
    size_t blocks;
    bool marks; /* the stack, afterwards */
} rounds[ROUNDS] = {{100, false}, {6400, false}, {50, true}, {50, false}};

/* Repeats are remembered of stacks whose bounds are known. */
static void know_this_stack(void)
{
    pthread_attr_t attributes;
    void *low;
    size_t bytes;
    ck_assert_int_eq(pthread_getattr_np(pthread_self(), &attributes), 0);
    ck_assert_int_eq(pthread_attr_getstack(&attributes, &low, &bytes), 0);
    pthread_attr_destroy(&attributes);
    thread_enter((uintptr_t)low, (uintptr_t)low + bytes);
}

__attribute__((noinline)) static void run_rounds(size_t guarded[ROUNDS])
{
    size_t left = 0, round = 0;
    uint32_t stack = STACK_NONE;
    ck_assert(stack_start(30));
    know_this_stack();
    for (left = rounds[0].blocks; round < ROUNDS;) {
        size_t before = guarded_counts().guarded;
        void *block = take(24);
        stack = info_of(block).alloc_stack;
        give(block);
        guarded[round] += guarded_counts().guarded - before;
        if (--left == 0) {
            if (rounds[round].marks) {
                guard_choice_always(stack);
            }
            round++;
            left = round < ROUNDS ? rounds[round].blocks : 0;
        }
    }
}

START_TEST(test_blocks_of_one_place_are_guarded_ever_more_rarely)
{
    size_t guarded[ROUNDS] = {0};
    start_with(GUARD_SAMPLE);
    run_rounds(guarded);
    ck_assert_uint_ge(guarded[0], 1); /* how many more depends on the machine's speed */
    ck_assert_uint_le(guarded[0], 12);
    ck_assert_uint_le(guarded[1], rounds[1].blocks / RATE + 1);
}
END_TEST

START_TEST(test_a_site_that_was_caught_is_guarded_from_then_on)
{
    size_t guarded[ROUNDS] = {0};
    start_with(_i == 0 ? GUARD_SAMPLE : GUARD_SITES);
    run_rounds(guarded);
    ck_assert_uint_le(guarded[2], 2);
    ck_assert_uint_eq(guarded[3], rounds[3].blocks);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_off_and_all_are_what_they_say, 0, 2);
    tcase_add_test(tests, test_the_first_blocks_of_a_stack_are_guarded_and_then_fewer);
    tcase_add_test(tests, test_each_stack_counts_for_itself);
    tcase_add_test(tests, test_chance_decides_where_nobody_counts);
    tcase_add_test(tests, test_without_a_stack_nothing_is_guarded);
    tcase_add_test(tests, test_a_spent_allowance_refuses_and_comes_again_with_time);
    tcase_add_test(tests, test_what_is_left_goes_to_stacks_that_had_least);
    tcase_add_test(tests, test_a_block_that_took_long_is_not_paid_for_in_full);
    tcase_add_test(tests, test_who_has_run_for_a_while_may_spend_ahead);
    tcase_add_test(tests, test_sides_take_turns_for_each_stack_and_behind_is_first);
    tcase_add_test(tests, test_memory_of_guarded_blocks_is_bounded);
    tcase_add_loop_test(tests, test_a_marked_stack_is_always_guarded, 0, 2);
    tcase_add_test(tests, test_known_sites_are_asked_for_once);
    tcase_add_test(tests, test_blocks_of_one_place_are_guarded_ever_more_rarely);
    tcase_add_loop_test(tests, test_a_site_that_was_caught_is_guarded_from_then_on, 0, 2);
}

int main(void)
{
    return suite_run("guard_choice", add);
}
