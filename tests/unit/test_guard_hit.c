/* alloc/guard_hit: what a fault at a guarded block means, and how the program goes on after it. */
#include "alloc/guard_hit.h"

#include <string.h>

#include "os/pages.h"
#include "os/probe.h"
#include "support/guarded_heap.h"
#include "support/suite.h"

/* What a fault at the address is taken for. */
static struct guard_hit hit(const void *address)
{
    struct guard_hit found_hit;
    ck_assert(guarded_hit((uintptr_t)address, &found_hit));
    ck_assert_uint_eq(found_hit.offset, (uintptr_t)address - found_hit.block.address);
    return found_hit;
}

START_TEST(test_a_hit_names_the_block_and_the_offset)
{
    start(_i == 0 ? GUARD_SIDE_AFTER : GUARD_SIDE_BEFORE);
    for (int i = 0; i < SIZES; i++) {
        char *block = take(sizes[i]);
        char *behind = (char *)page_end(block, sizes[i]);
        char *before = (char *)(((uintptr_t)block - 1) & ~(OS_PAGE - 1));
        if (_i == 0) {
            ck_assert_int_eq(hit(behind).kind, FINDING_OVERFLOW);
            ck_assert_uint_eq(hit(behind).block.address, (uintptr_t)block);
            ck_assert(!hit(behind).has_neighbour);
        } else {
            ck_assert_int_eq(hit(block - 1).kind, FINDING_UNDERFLOW);
            ck_assert_uint_eq(hit(block - 1).block.address, (uintptr_t)block);
            ck_assert(!hit(before + OS_PAGE - 1).has_neighbour);
        }
        struct guard_hit none;
        ck_assert(!guarded_hit((uintptr_t)block, &none));
        give(block);
        ck_assert_int_eq(hit(block).kind, FINDING_USE_AFTER_FREE);
        ck_assert_uint_eq(hit(block + sizes[i] - 1).offset, sizes[i] - 1);
    }
}
END_TEST

START_TEST(test_a_hit_a_page_away_names_the_block)
{
    start(GUARD_SIDE_AFTER);
    char *block = take(64);
    struct guard_hit beyond = hit(block + 64 + OS_PAGE);
    ck_assert_int_eq(beyond.kind, FINDING_OVERFLOW);
    ck_assert_uint_eq(beyond.block.address, (uintptr_t)block);
    ck_assert_int_eq(hit(block - OS_PAGE).kind, FINDING_UNDERFLOW);
    ck_assert_uint_eq(hit(block - OS_PAGE).block.address, (uintptr_t)block);
}
END_TEST

START_TEST(test_amid_a_guard_both_neighbours_are_named)
{
    start(GUARD_SIDE_AFTER);
    char *left = take(64), *right = take(64);
    struct guard_hit amid = hit(left + 64 + OS_PAGE / 2);
    ck_assert_uint_eq(amid.block.address, (uintptr_t)left);
    ck_assert(amid.has_neighbour);
    ck_assert_uint_eq(amid.neighbour.address, (uintptr_t)right);
    give(left);
    amid = hit(left + 64);
    ck_assert_int_eq(amid.kind, FINDING_UNDERFLOW); /* the freed one is the less likely */
    ck_assert_uint_eq(amid.block.address, (uintptr_t)right);
}
END_TEST

START_TEST(test_nothing_else_is_a_hit)
{
    start(GUARD_SIDE_AFTER);
    struct guard_hit none;
    int local;
    char *large = take(100000);
    ck_assert(!guarded_hit((uintptr_t)&local, &none));
    ck_assert(!guarded_hit(0, &none));
    ck_assert(!guarded_hit((uintptr_t)large + 500, &none));
    ck_assert(!guarded_hit(UINTPTR_MAX, &none));
}
END_TEST

START_TEST(test_an_opened_guard_lets_the_program_go_on_and_closes_with_the_block)
{
    start(GUARD_SIDE_AFTER);
    char *block = take(64);
    struct guard_hit over = hit(block + 64);
    ck_assert(guarded_open(&over));
    memset(block + 64, 'x', OS_PAGE);
    block[-1] = 'x'; /* told already: this block is damaged */
    ck_assert_uint_eq(check_all(), 0);
    give(block);
    ck_assert_uint_eq(found(), 0);
    ck_assert(is_closed(block + 64));
}
END_TEST

START_TEST(test_an_opened_freed_block_reads_as_freed_and_is_whole_when_taken_again)
{
    struct heap_config config = guarding(GUARD_SIDE_AFTER);
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 0;
    live_heap_start_with(config);
    unsigned char *block = take(64);
    give(block);
    struct guard_hit use = hit(block + 8);
    ck_assert(guarded_open(&use));
    ck_assert_uint_eq(block[8], 0xde);
    memset(block, 1, 64);
    unsigned char *again = take_zero(64);
    for (int tries = 0; again != block && tries < 1000; tries++) {
        again = take_zero(64);
    }
    ck_assert_ptr_eq(again, block);
    for (int i = 0; i < 64; i++) {
        ck_assert_uint_eq(again[i], 0);
    }
    give(again);
    ck_assert(is_closed(again));
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_a_hit_names_the_block_and_the_offset, 0, 2);
    tcase_add_test(tests, test_a_hit_a_page_away_names_the_block);
    tcase_add_test(tests, test_amid_a_guard_both_neighbours_are_named);
    tcase_add_test(tests, test_nothing_else_is_a_hit);
    tcase_add_test(tests, test_an_opened_guard_lets_the_program_go_on_and_closes_with_the_block);
    tcase_add_test(tests, test_an_opened_freed_block_reads_as_freed_and_is_whole_when_taken_again);
}

int main(void)
{
    return suite_run("guard_hit", add);
}
