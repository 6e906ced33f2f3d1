/* block/quarantine: first in, first out, against a model. */
#include "block/quarantine.h"

#include "os/own.h"
#include "os/pages.h"
#include "support/suite.h"

static struct quarantine held;

static void push(uint64_t entry, size_t bytes)
{
    ck_assert(quarantine_push(&held, entry, bytes));
}

static void assert_pops(uint64_t entry, size_t bytes)
{
    ck_assert_uint_gt(held.count, 0);
    ck_assert_uint_eq(quarantine_oldest(&held), entry);
    quarantine_pop(&held, bytes);
}

START_TEST(test_entries_leave_in_the_order_they_came)
{
    for (uint64_t i = 0; i < 10000; i++) {
        push(i, 1);
    }
    for (uint64_t i = 0; i < 10000; i++) {
        assert_pops(i, 1);
    }
    ck_assert_uint_eq(held.count, 0);
}
END_TEST

START_TEST(test_order_survives_growing_at_any_place_of_the_ring)
{
    for (uint64_t offset = 0; offset < 130; offset++) {
        held = (struct quarantine){0};
        uint64_t in = 0, out = 0;
        while (in < offset) { /* turns the ring */
            push(in++, 1);
            assert_pops(out++, 1);
        }
        while (in < offset + 600) {
            push(in++, 1);
        }
        while (out < in) {
            assert_pops(out++, 1);
        }
    }
}
END_TEST

START_TEST(test_random_pushes_and_pops_agree_with_counting)
{
    uint64_t in = 0, out = 0, state = 1;
    size_t bytes = 0;
    for (int step = 0; step < 200000; step++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        if (in == out || state >> 62) {
            push(in, 16 + in % 100);
            bytes += 16 + in++ % 100;
        } else {
            assert_pops(out, 16 + out % 100);
            bytes -= 16 + out++ % 100;
        }
        ck_assert_uint_eq(held.count, in - out);
        ck_assert_uint_eq(held.bytes, bytes);
    }
}
END_TEST

START_TEST(test_it_is_over_its_limit_past_the_last_byte)
{
    held.limit_bytes = 100;
    push(1, 100);
    ck_assert(!quarantine_is_over(&held));
    push(2, 1);
    ck_assert(quarantine_is_over(&held));
    quarantine_pop(&held, 100);
    ck_assert(!quarantine_is_over(&held));
}
END_TEST

START_TEST(test_a_push_without_memory_changes_nothing)
{
    uint64_t in = 0;
    os_pages_fail_at(1, true);
    while (in < 1000000 && quarantine_push(&held, in, 1)) {
        in++;
    }
    os_pages_fail_at(0, false);
    ck_assert_uint_lt(in, 1000000);
    ck_assert_uint_eq(held.count, in);
    ck_assert_uint_eq(held.bytes, in);
    push(in++, 1);
    for (uint64_t out = 0; out < in; out++) {
        assert_pops(out, 1);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_entries_leave_in_the_order_they_came);
    tcase_add_test(tests, test_order_survives_growing_at_any_place_of_the_ring);
    tcase_add_test(tests, test_random_pushes_and_pops_agree_with_counting);
    tcase_add_test(tests, test_it_is_over_its_limit_past_the_last_byte);
    tcase_add_test(tests, test_a_push_without_memory_changes_nothing);
}

int main(void)
{
    return suite_run("quarantine", add);
}
