/* heap/pins: memory that is looked at is not given back meanwhile. */
#include "heap/pins.h"

#include "alloc/large.h"
#include "alloc/lookup.h"
#include "alloc/ref.h"
#include "heap/buddy.h"
#include "support/live_heap.h"
#include "support/suite.h"

START_TEST(test_a_run_that_is_looked_at_goes_back_only_then)
{
    live_heap_start();
    unsigned char *block = take(2000000);
    struct ref ref;
    ck_assert(ref_find((uintptr_t)block, &ref));
    size_t before = buddy_granules_in_use();
    int pin = pin_run(ref.run, GRANULE_LARGE);
    ck_assert_int_ne(pin, PIN_NONE);
    int second = pin_run(ref.run, GRANULE_LARGE);
    ck_assert_int_ne(second, PIN_NONE);
    give(block);
    ck_assert(large_release_held());
    ck_assert_uint_eq(buddy_granules_in_use(), before);
    ck_assert_int_eq(pin_run(ref.run, GRANULE_LARGE), PIN_NONE);
    unpin_run(pin);
    ck_assert_uint_eq(buddy_granules_in_use(), before);
    unpin_run(second);
    ck_assert_uint_lt(buddy_granules_in_use(), before);
}
END_TEST

START_TEST(test_a_slab_that_is_looked_at_goes_back_only_then)
{
    live_heap_start_without_quarantine();
    enum { COUNT = 100 };
    void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = take(4000);
    }
    struct granule *slab = run_head((uintptr_t)blocks[0]);
    int pin = pin_run(slab, GRANULE_SLAB);
    ck_assert_int_ne(pin, PIN_NONE);
    for (int i = 0; i < COUNT; i++) {
        give(blocks[i]);
    }
    heap_trim();
    ck_assert_int_eq(granule_kind(slab), GRANULE_NONE);
    size_t before = buddy_granules_in_use();
    unpin_run(pin);
    ck_assert_uint_eq(buddy_granules_in_use(), before - 4);
}
END_TEST

START_TEST(test_only_what_it_is_taken_for_is_pinned)
{
    live_heap_start();
    struct ref ref;
    ck_assert(ref_find((uintptr_t)take(40), &ref));
    ck_assert_int_eq(pin_run(ref.run, GRANULE_LARGE), PIN_NONE);
    for (int i = 0; i < PINS; i++) {
        ck_assert_int_ne(pin_run(ref.run, GRANULE_SLAB), PIN_NONE);
    }
    ck_assert_int_eq(pin_run(ref.run, GRANULE_SLAB), PIN_NONE);
    pins_after_fork();
    ck_assert_int_ne(pin_run(ref.run, GRANULE_SLAB), PIN_NONE);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_run_that_is_looked_at_goes_back_only_then);
    tcase_add_test(tests, test_a_slab_that_is_looked_at_goes_back_only_then);
    tcase_add_test(tests, test_only_what_it_is_taken_for_is_pinned);
}

int main(void)
{
    return suite_run("pins", add);
}
