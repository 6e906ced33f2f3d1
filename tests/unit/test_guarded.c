/* heap/guarded: slots of whole pages between guards. */
#include "heap/guarded.h"

#include <string.h>

#include "heap/buddy.h"
#include "os/guards.h"
#include "os/own.h"
#include "os/probe.h"
#include "support/suite.h"

enum { MANY = 600, HELD = 10 };

/* The ways that make guards: each test is run once for each. */
static const enum guards_way ways[] = {GUARDS_MPROTECT, GUARDS_MADVISE};
enum { WAYS = sizeof ways / sizeof *ways };

struct place {
    struct granule *run;
    uint32_t slot;
};

static void start_holding(enum guards_way way, size_t least, size_t most)
{
    own_register_lock();
    buddy_register_lock();
    os_guards_start(way);
    guarded_start(least, most);
    ck_assert(arena_start());
}

static void start(enum guards_way way)
{
    start_holding(way, 0, 0);
}

static struct place take(unsigned pages)
{
    struct place place;
    ck_assert(guarded_take(pages, &place.run, &place.slot));
    return place;
}

static void put(struct place place)
{
    ck_assert(guarded_close(place.run, place.slot));
    guarded_put(place.run, place.slot);
}

static uintptr_t data(struct place place)
{
    return slots_start(place.run, place.slot);
}

static bool is_open(uintptr_t page)
{
    return os_word_is_readable(page) && os_word_is_readable(page + OS_PAGE - 8);
}

static bool is_closed(uintptr_t page)
{
    return !os_word_is_readable(page) && !os_word_is_readable(page + OS_PAGE - 8);
}

/* An assertion for each byte would take long. */
static bool is_zero(uintptr_t start, uintptr_t end)
{
    unsigned char any = 0;
    for (const unsigned char *byte = (unsigned char *)start; (uintptr_t)byte < end; byte++) {
        any |= *byte;
    }
    return any == 0;
}

START_TEST(test_data_is_open_zero_and_between_two_guards)
{
    start(ways[_i]);
    for (unsigned pages = 1; pages <= GUARDED_PAGES_MOST; pages++) {
        for (int i = 0; i < 40; i++) {
            uintptr_t at = data(take(pages)), end = at + pages * OS_PAGE;
            ck_assert(is_closed(at - OS_PAGE) && is_closed(end));
            ck_assert(is_zero(at, end));
            memset((void *)at, 1, end - at);
        }
    }
}
END_TEST

START_TEST(test_the_slot_of_every_address_is_found)
{
    start(ways[_i]);
    for (unsigned pages = 1; pages <= GUARDED_PAGES_MOST; pages++) {
        for (int i = 0; i < 40; i++) {
            struct place place = take(pages);
            uintptr_t guard = data(place) + pages * OS_PAGE;
            for (uintptr_t at = data(place); at < guard + OS_PAGE; at += 8) {
                if (run_head(at) != place.run || slots_index_at(place.run, at) != place.slot) {
                    ck_abort_msg("offset %lu of slot %u", at - data(place), place.slot);
                }
            }
            ck_assert_uint_eq(slots_index_at(place.run, granule_start(place.run)), 0);
        }
    }
}
END_TEST

START_TEST(test_no_two_slots_share_anything)
{
    start(ways[_i]);
    static struct place places[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        places[i] = take(1 + i % 3);
        memset((void *)data(places[i]), (int)(i % 255 + 1), (1 + i % 3) * OS_PAGE);
        memset(slots_record(places[i].run, places[i].slot), (int)(i % 255 + 1), HEAP_RECORD_BYTES);
    }
    for (unsigned i = 0; i < MANY; i++) {
        const unsigned char *bytes = (unsigned char *)data(places[i]);
        const unsigned char *record = slots_record(places[i].run, places[i].slot);
        ck_assert_uint_eq(bytes[0], i % 255 + 1);
        ck_assert_uint_eq(bytes[(1 + i % 3) * OS_PAGE - 1], i % 255 + 1);
        ck_assert_uint_eq(record[0], i % 255 + 1);
        ck_assert_uint_eq(record[HEAP_RECORD_BYTES - 1], i % 255 + 1);
    }
}
END_TEST

START_TEST(test_a_slot_put_back_is_closed_and_zero_when_taken_again)
{
    start(ways[_i]);
    struct place place = take(2);
    uintptr_t at = data(place);
    memset((void *)at, 7, 2 * OS_PAGE);
    put(place);
    ck_assert(is_closed(at) && is_closed(at + OS_PAGE));
    struct place again = take(2);
    while (data(again) != at) {
        again = take(2);
    }
    ck_assert(is_zero(at, at + 2 * OS_PAGE));
    ck_assert(is_closed(at - OS_PAGE) && is_closed(at + 2 * OS_PAGE));
}
END_TEST

START_TEST(test_slots_are_held_back_and_come_again_in_the_order_they_went)
{
    start_holding(ways[_i], HELD * OS_PAGE, HELD * OS_PAGE);
    uintptr_t gone[2 * HELD];
    for (int i = 0; i < 2 * HELD; i++) {
        struct place place = take(1);
        gone[i] = data(place);
        for (int earlier = i > HELD ? i - HELD : 0; earlier < i; earlier++) {
            ck_assert_uint_ne(gone[i], gone[earlier]);
        }
        put(place);
    }
    for (int i = HELD + 1; i < 2 * HELD; i++) {
        ck_assert_uint_eq(gone[i], gone[i - HELD - 1]);
    }
}
END_TEST

START_TEST(test_as_much_is_held_back_as_is_taken)
{
    start_holding(ways[_i], HELD * OS_PAGE, SIZE_MAX);
    for (int i = 0; i < 5 * HELD; i++) {
        take(1);
    }
    uintptr_t first = 0;
    int others = 0;
    for (;; others++) {
        struct place place = take(1);
        if (data(place) == first) {
            break;
        }
        first = first ? first : data(place);
        put(place);
    }
    ck_assert_int_ge(others, 5 * HELD);
    ck_assert_int_le(others, 6 * HELD);
}
END_TEST

START_TEST(test_the_slot_behind_a_taken_one_is_closed)
{
    start(ways[_i]);
    for (int i = 0; i < 60; i++) { /* few: none stands ready */
        struct place place = take(1);
        if (place.slot + 1 < place.run->slots.count) {
            ck_assert(is_closed(data(place) + 2 * OS_PAGE));
        }
    }
}
END_TEST

START_TEST(test_opened_guards_close_with_the_slot)
{
    start(ways[_i]);
    struct place first = take(1), second = take(1);
    ck_assert_uint_eq(first.slot, 0);
    ck_assert_uint_eq(second.slot, 1);
    uintptr_t before = data(first) - OS_PAGE, between = data(first) + OS_PAGE;
    ck_assert(os_guard_open((void *)before, OS_PAGE));
    ck_assert(os_guard_open((void *)between, OS_PAGE));
    guarded_set(first.run, 0, GUARDED_AHEAD | GUARDED_BEHIND);
    put(second);
    ck_assert(is_open(before) && is_closed(between));
    put(first);
    ck_assert(is_closed(before) && is_closed(between));
}
END_TEST

START_TEST(test_what_is_taken_is_counted)
{
    start(ways[_i]);
    struct place one = take(1), eight = take(8);
    ck_assert_uint_eq(guarded_taken_bytes(), 9 * OS_PAGE);
    put(one);
    ck_assert_uint_eq(guarded_taken_bytes(), 8 * OS_PAGE);
    put(eight);
    ck_assert_uint_eq(guarded_taken_bytes(), 0);
}
END_TEST

/* Open pages of all slots of the run. */
static size_t open_pages(const struct granule *run)
{
    size_t open = 0;
    for (uint32_t slot = 0; slot < run->guarded.carved; slot++) {
        open += os_word_is_readable(slots_start(run, slot));
    }
    return open;
}

START_TEST(test_few_taken_slots_leave_none_open_besides)
{
    start(ways[_i]);
    struct place place;
    for (size_t taken = 1; taken <= 7; taken++) {
        place = take(1);
        ck_assert_uint_eq(open_pages(place.run), taken);
    }
}
END_TEST

START_TEST(test_trimming_closes_what_stood_ready)
{
    start(ways[_i]);
    static struct place places[MANY];
    for (int i = 0; i < MANY; i++) {
        places[i] = take(1);
    }
    guarded_trim();
    size_t open = 0;
    for (int i = 0; i < MANY; i++) {
        if (i == 0 || places[i].run != places[i - 1].run) {
            open += open_pages(places[i].run);
        }
    }
    ck_assert_uint_eq(open, MANY);
    ck_assert(!guarded_trim());
    for (int i = 0; i < MANY; i++) {
        ck_assert(is_open(data(take(1))));
    }
}
END_TEST

START_TEST(test_without_guards_there_are_no_slots)
{
    start(GUARDS_NONE);
    struct place place;
    ck_assert(!guarded_take(1, &place.run, &place.slot));
}
END_TEST

START_TEST(test_a_budget_ends_and_what_is_put_back_goes_on)
{
    start(GUARDS_MPROTECT);
    os_guards_set_budget(20);
    struct place places[20], more;
    size_t count = 0;
    while (count < 20 && guarded_take(1, &places[count].run, &places[count].slot)) {
        count++;
    }
    ck_assert_uint_ge(count, 16);
    ck_assert_uint_lt(count, 20 + 1);
    ck_assert(!guarded_take(1, &more.run, &more.slot));
    put(places[3]);
    more = take(1);
    ck_assert_uint_eq(data(more), data(places[3]));
}
END_TEST

START_TEST(test_failing_mappings_refuse_slots_and_break_none)
{
    for (unsigned long nth = 1; nth < 40; nth++) {
        if (nth == 1) {
            start(ways[_i]);
        }
        struct place places[MANY / 10];
        size_t count = 0;
        os_pages_fail_at(nth, true);
        while (count < MANY / 10 && guarded_take(8, &places[count].run, &places[count].slot)) {
            memset((void *)data(places[count]), 1, 8 * OS_PAGE);
            count++;
        }
        os_pages_fail_at(0, false);
        for (size_t i = 0; i < count; i++) {
            put(places[i]);
        }
    }
    struct place place = {NULL, 0};
    for (int tries = 0; !place.run && tries < 10000; tries++) { /* after a pause that grows */
        if (!guarded_take(8, &place.run, &place.slot)) {
            place.run = NULL;
        }
    }
    ck_assert_ptr_nonnull(place.run);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_data_is_open_zero_and_between_two_guards, 0, WAYS);
    tcase_add_loop_test(tests, test_the_slot_of_every_address_is_found, 0, WAYS);
    tcase_add_loop_test(tests, test_no_two_slots_share_anything, 0, WAYS);
    tcase_add_loop_test(tests, test_a_slot_put_back_is_closed_and_zero_when_taken_again, 0, WAYS);
    tcase_add_loop_test(tests, test_slots_are_held_back_and_come_again_in_the_order_they_went, 0,
                        WAYS);
    tcase_add_loop_test(tests, test_as_much_is_held_back_as_is_taken, 0, WAYS);
    tcase_add_loop_test(tests, test_the_slot_behind_a_taken_one_is_closed, 0, WAYS);
    tcase_add_loop_test(tests, test_opened_guards_close_with_the_slot, 0, WAYS);
    tcase_add_loop_test(tests, test_what_is_taken_is_counted, 0, WAYS);
    tcase_add_loop_test(tests, test_few_taken_slots_leave_none_open_besides, 0, WAYS);
    tcase_add_loop_test(tests, test_trimming_closes_what_stood_ready, 0, WAYS);
    tcase_add_test(tests, test_without_guards_there_are_no_slots);
    tcase_add_test(tests, test_a_budget_ends_and_what_is_put_back_goes_on);
    tcase_add_loop_test(tests, test_failing_mappings_refuse_slots_and_break_none, 0, WAYS);
}

int main(void)
{
    return suite_run("guarded", add);
}
