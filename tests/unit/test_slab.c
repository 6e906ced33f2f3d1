/* heap/slab: slots leave and come back, each class by itself. */
#include "heap/slab.h"

#include <pthread.h>
#include <string.h>

#include "heap/buddy.h"
#include "os/own.h"
#include "os/pages.h"
#include "support/suite.h"

enum { SLOTS_MOST = 4096, ANY_CLASS = 5 };

static unsigned long prepared; /* slots, by the classes' lock or in one thread */

static void prepare(struct granule *slab, uint32_t slot)
{
    ck_assert_uint_lt(slot, slab->slots.count);
    prepared++;
}

static void prepare_nothing(struct granule *slab, uint32_t slot)
{
    (void)slab;
    (void)slot;
}

static void start(void)
{
    own_register_lock();
    buddy_register_lock();
    slabs_start();
    ck_assert(arena_start());
}

static uintptr_t take_one(unsigned size_class)
{
    uintptr_t slot;
    ck_assert_uint_eq(slab_take(size_class, &slot, 1, prepare), 1);
    return slot;
}

/* Gives all back, releasing slabs that become free; returns how many these were. */
static unsigned put_all(unsigned size_class, const uintptr_t *slots, size_t count)
{
    unsigned released = 0;
    for (size_t given = 0; given < count;) {
        size_t done;
        struct granule *emptied = slab_put(size_class, slots + given, count - given, &done);
        ck_assert(emptied || given + done == count);
        ck_assert_uint_gt(done, 0);
        given += done;
        if (emptied) {
            slab_release(emptied);
            released++;
        }
    }
    return released;
}

/* Every slot of as many slabs as it takes; returns how many slots one has. */
static uint32_t take_slabs(unsigned size_class, unsigned slabs, uintptr_t *slots)
{
    uint32_t each = 0;
    size_t taken = 0;
    for (unsigned i = 0; i < slabs; i++) {
        slots[taken] = take_one(size_class);
        each = run_head(slots[taken++])->slots.count;
        ck_assert_uint_le(taken + each, SLOTS_MOST);
        for (size_t end = (i + 1) * (size_t)each; taken < end;) {
            taken += slab_take(size_class, slots + taken, end - taken, prepare);
        }
    }
    return each;
}

START_TEST(test_the_slot_of_every_offset_is_found_in_every_class)
{
    start();
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        const struct granule *slab = run_head(take_one(c));
        size_t bytes = slab->granules * GRANULE_BYTES;
        uint32_t slot_bytes = size_class_slot_bytes(c);
        for (size_t offset = 0; offset < bytes; offset++) {
            size_t expected = offset < SLAB_FRONT ? 0 : (offset - SLAB_FRONT) / slot_bytes;
            if (slots_index_at(slab, granule_start(slab) + offset) != expected) {
                ck_abort_msg("class %u, offset %zu", c, offset);
            }
        }
    }
}
END_TEST

START_TEST(test_slots_lie_in_their_slab_with_room_before_the_first)
{
    start();
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        const struct granule *slab = run_head(take_one(c));
        uintptr_t start_of_slab = granule_start(slab),
                  end = start_of_slab + slab->granules * GRANULE_BYTES;
        ck_assert_uint_eq(slots_start(slab, 0), start_of_slab + SLAB_FRONT);
        ck_assert_uint_le(slots_start(slab, slab->slots.count), end);
    }
}
END_TEST

START_TEST(test_an_eighth_of_a_slab_is_wasted_at_most)
{
    start();
    for (unsigned c = 2; c < SIZE_CLASSES; c++) {
        const struct granule *slab = run_head(take_one(c));
        size_t bytes = slab->granules * GRANULE_BYTES;
        size_t used = (size_t)slab->slots.count * size_class_slot_bytes(c);
        ck_assert_uint_le(bytes - used, bytes / 8);
    }
}
END_TEST

START_TEST(test_every_granule_of_a_slab_leads_to_it)
{
    start();
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        struct granule *slab = run_head(take_one(c));
        ck_assert_uint_eq(slab->size_class, c);
        for (uint32_t i = 0; i < slab->granules; i++) {
            ck_assert_ptr_eq(run_head(granule_start(slab + i) + 100), slab);
        }
    }
}
END_TEST

START_TEST(test_fresh_slots_leave_by_rising_address)
{
    start();
    uintptr_t slots[32], last = 0;
    for (int batch = 0; batch < 8; batch++) {
        size_t count = slab_take(ANY_CLASS, slots, 32, prepare);
        ck_assert_uint_eq(count, 32);
        for (size_t i = 0; i < count; i++) {
            ck_assert(last == 0 || slots[i] == last + size_class_slot_bytes(ANY_CLASS));
            last = slots[i];
        }
    }
}
END_TEST

START_TEST(test_each_slot_that_leaves_is_prepared)
{
    start();
    uintptr_t slots[40];
    ck_assert_uint_eq(slab_take(ANY_CLASS, slots, 40, prepare), 40);
    ck_assert_uint_eq(prepared, 40);
}
END_TEST

START_TEST(test_the_lowest_slot_that_came_back_leaves_first)
{
    start();
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(ANY_CLASS, 1, slots);
    uintptr_t back[3] = {slots[each - 1], slots[70], slots[7]};
    put_all(ANY_CLASS, back, 3);
    ck_assert_uint_eq(take_one(ANY_CLASS), slots[7]);
    ck_assert_uint_eq(take_one(ANY_CLASS), slots[70]);
    ck_assert_uint_eq(take_one(ANY_CLASS), slots[each - 1]);
}
END_TEST

START_TEST(test_slots_and_records_of_all_slabs_are_distinct)
{
    start();
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(ANY_CLASS, 3, slots);
    for (uint32_t i = 0; i < 3 * each; i++) {
        const struct granule *slab = run_head(slots[i]);
        unsigned char *record = slots_record(slab, slots_index_at(slab, slots[i]));
        for (int j = 0; j < HEAP_RECORD_BYTES; j++) {
            ck_assert_uint_eq(record[j], 0); /* fresh, and not another's */
        }
        record[0] = 1;
        ck_assert_uint_eq(*(unsigned char *)slots[i], 0);
        *(unsigned char *)slots[i] = 1;
    }
}
END_TEST

START_TEST(test_an_emptied_slab_comes_back_once_and_one_is_kept)
{
    start();
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(ANY_CLASS, 4, slots);
    size_t in_use = buddy_granules_in_use();
    ck_assert_uint_eq(put_all(ANY_CLASS, slots, 4 * each), 3);
    ck_assert_uint_eq(buddy_granules_in_use(), in_use / 4);
}
END_TEST

START_TEST(test_a_put_stops_at_the_first_emptied_slab)
{
    start();
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(ANY_CLASS, 3, slots);
    size_t done;
    struct granule *emptied = slab_put(ANY_CLASS, slots, 3 * each, &done);
    ck_assert_ptr_eq(emptied, run_head(slots[each]));
    ck_assert_uint_eq(done, 2 * each);
}
END_TEST

START_TEST(test_a_released_slab_is_no_run_any_more)
{
    start();
    unsigned several = SIZE_CLASSES - 1; /* granules in a slab of it */
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(several, 2, slots);
    struct granule *slab = run_head(slots[each]);
    uint32_t granules = slab->granules;
    ck_assert_uint_gt(granules, 1);
    ck_assert_uint_eq(put_all(several, slots, 2 * each), 1);
    for (uint32_t i = 0; i < granules; i++) {
        ck_assert_ptr_null(run_head(granule_start(slab + i)));
    }
}
END_TEST

START_TEST(test_the_spare_slab_can_be_had_once)
{
    start();
    static uintptr_t slots[SLOTS_MOST];
    uint32_t each = take_slabs(ANY_CLASS, 1, slots);
    ck_assert_ptr_null(slab_take_spare(ANY_CLASS));
    ck_assert_uint_eq(put_all(ANY_CLASS, slots, each), 0);
    struct granule *spare = slab_take_spare(ANY_CLASS);
    ck_assert_ptr_nonnull(spare);
    ck_assert_ptr_null(slab_take_spare(ANY_CLASS));
    slab_release(spare);
    ck_assert_uint_eq(buddy_granules_in_use(), 0);
    take_one(ANY_CLASS);
}
END_TEST

START_TEST(test_a_failing_mapping_gives_no_slot_and_keeps_nothing)
{
    start();
    unsigned failed = 0;
    uintptr_t slot;
    for (unsigned long nth = 1; nth < 10; nth++) {
        os_pages_fail_at(nth, false);
        size_t taken = slab_take(ANY_CLASS, &slot, 1, prepare);
        os_pages_fail_at(0, false);
        if (taken == 1) {
            break;
        }
        failed++;
        ck_assert_uint_eq(buddy_granules_in_use(), 0);
    }
    ck_assert_uint_gt(failed, 0);
    ck_assert_uint_eq(run_head(slot)->size_class, ANY_CLASS);
}
END_TEST

/* Marks its slots while it has them: two owners of one would see each other. */
static void *churn(void *argument)
{
    unsigned size_class = *(unsigned *)argument;
    uintptr_t slots[24];
    for (int round = 0; round < 3000; round++) {
        size_t count = slab_take(size_class, slots, 24, prepare_nothing);
        for (size_t i = 0; i < count; i++) {
            *(uintptr_t *)slots[i] = (uintptr_t)&slots;
        }
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(*(uintptr_t *)slots[i], (uintptr_t)&slots);
        }
        put_all(size_class, slots, count);
    }
    return NULL;
}

START_TEST(test_threads_share_the_slabs)
{
    start();
    pthread_t threads[4];
    unsigned classes[4] = {3, 3, SIZE_CLASSES - 1, SIZE_CLASSES - 1};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, &classes[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_the_slot_of_every_offset_is_found_in_every_class);
    tcase_add_test(tests, test_slots_lie_in_their_slab_with_room_before_the_first);
    tcase_add_test(tests, test_an_eighth_of_a_slab_is_wasted_at_most);
    tcase_add_test(tests, test_every_granule_of_a_slab_leads_to_it);
    tcase_add_test(tests, test_fresh_slots_leave_by_rising_address);
    tcase_add_test(tests, test_each_slot_that_leaves_is_prepared);
    tcase_add_test(tests, test_the_lowest_slot_that_came_back_leaves_first);
    tcase_add_test(tests, test_slots_and_records_of_all_slabs_are_distinct);
    tcase_add_test(tests, test_an_emptied_slab_comes_back_once_and_one_is_kept);
    tcase_add_test(tests, test_a_put_stops_at_the_first_emptied_slab);
    tcase_add_test(tests, test_a_released_slab_is_no_run_any_more);
    tcase_add_test(tests, test_the_spare_slab_can_be_had_once);
    tcase_add_test(tests, test_a_failing_mapping_gives_no_slot_and_keeps_nothing);
    tcase_add_test(tests, test_threads_share_the_slabs);
}

int main(void)
{
    return suite_run("slab", add);
}
