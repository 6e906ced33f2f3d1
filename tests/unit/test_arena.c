/* heap/arena: the reservation, its descriptors, and the way from any address to its run. */
#include "heap/arena.h"

#include <sys/resource.h>

#include "os/pages.h"
#include "support/suite.h"

enum { SMALLEST_BYTES = 1 << 24 };

static void start(void)
{
    ck_assert(arena_start());
}

/* Makes [first, first + length) a run of the given kind. */
static struct granule *make_run(uint32_t first, uint32_t length, enum granule_kind kind)
{
    struct granule *head = &arena.granules[first];
    head->granules = length;
    if (kind == GRANULE_SLAB || kind == GRANULE_GUARDED) {
        head->slots = (struct granule_slots){.bytes = 48, .count = 5, .lead = -16};
        granule_set_slots(head, kind, kind + 1);
    } else {
        granule_set_kind(head, kind);
    }
    return head;
}

START_TEST(test_the_arena_starts_at_a_chunk)
{
    start();
    ck_assert_uint_eq(arena.base % (GRANULE_BYTES * HEAP_CHUNK_GRANULES), 0);
    ck_assert_uint_ge(arena.bytes, SMALLEST_BYTES);
}
END_TEST

START_TEST(test_only_addresses_inside_are_held)
{
    start();
    int local;
    ck_assert(arena_holds(arena.base));
    ck_assert(arena_holds(arena.base + arena.bytes - 1));
    ck_assert(!arena_holds(arena.base - 1));
    ck_assert(!arena_holds(arena.base + arena.bytes));
    ck_assert(!arena_holds(0));
    ck_assert(!arena_holds(UINTPTR_MAX));
    ck_assert(!arena_holds((uintptr_t)&local));
}
END_TEST

START_TEST(test_a_granule_knows_its_start)
{
    start();
    size_t count = arena.bytes >> GRANULE_SHIFT;
    for (size_t i = 0; i < count; i += 1 + count / 1000) {
        const struct granule *granule = &arena.granules[i];
        ck_assert_uint_eq(granule_index(granule), i);
        ck_assert_ptr_eq(granule_at(granule_start(granule)), granule);
        ck_assert_ptr_eq(granule_at(granule_start(granule) + GRANULE_BYTES - 1), granule);
    }
}
END_TEST

START_TEST(test_a_fresh_arena_has_no_run)
{
    start();
    for (uintptr_t at = arena.base; at < arena.base + 64 * GRANULE_BYTES; at += GRANULE_BYTES / 2) {
        ck_assert_ptr_null(run_head(at));
    }
    ck_assert_ptr_null(run_head(arena.base + arena.bytes - 1));
}
END_TEST

START_TEST(test_addresses_outside_have_no_run)
{
    start();
    make_run(0, 1, GRANULE_LARGE);
    ck_assert_ptr_null(run_head(arena.base - 1));
    ck_assert_ptr_null(run_head(arena.base + arena.bytes));
    ck_assert_ptr_null(run_head(0));
    ck_assert_ptr_null(run_head(1));
    ck_assert_ptr_null(run_head(UINTPTR_MAX));
}
END_TEST

START_TEST(test_every_address_of_a_large_run_leads_to_its_head)
{
    start();
    for (uint32_t length = 1; length <= 40; length++) {
        struct granule *head = make_run(64, length, GRANULE_LARGE);
        uintptr_t from = granule_start(head), end = from + length * GRANULE_BYTES;
        for (uintptr_t at = from; at < end; at += GRANULE_BYTES) {
            ck_assert_ptr_eq(run_head(at), head);
            ck_assert_ptr_eq(run_head(at + GRANULE_BYTES - 1), head);
        }
        ck_assert_ptr_null(run_head(end));
        ck_assert_ptr_null(run_head(from - 1));
    }
}
END_TEST

START_TEST(test_a_run_in_the_place_of_another_is_found)
{
    start();
    for (uint32_t cut = 1; cut < 64; cut++) {
        struct granule *whole = make_run(64, 64, GRANULE_LARGE);
        for (uint32_t i = 64; i < 128; i++) { /* leaves hints */
            ck_assert_ptr_eq(run_head(granule_start(&arena.granules[i])), whole);
        }
        uint32_t second = cut & -cut; /* a run begins at a multiple of its length */
        make_run(64, cut, GRANULE_LARGE);
        struct granule *other = make_run(64 + cut, second, GRANULE_LARGE);
        for (uint32_t i = 64; i < 64 + cut + second; i++) {
            ck_assert_ptr_eq(run_head(granule_start(&arena.granules[i])),
                             i < 64 + cut ? whole : other);
        }
        granule_set_kind(whole, GRANULE_NONE);
        ck_assert_ptr_null(run_head(granule_start(whole)));
        ck_assert_ptr_null(run_head(granule_start(whole) + cut * GRANULE_BYTES - 1));
        granule_set_kind(other, GRANULE_NONE);
    }
}
END_TEST

START_TEST(test_a_hint_that_is_wrong_is_not_believed)
{
    start();
    struct granule *head = make_run(32, 8, GRANULE_LARGE);
    make_run(48, 4, GRANULE_LARGE);
    for (uint32_t hint = 0; hint < 64; hint++) {
        for (uint32_t i = 33; i < 40; i++) {
            granule_hint_head(i, &arena.granules[hint]);
            ck_assert_ptr_eq(run_head(granule_start(&arena.granules[i])), head);
        }
        granule_hint_head(41, &arena.granules[hint]);
        ck_assert_ptr_null(run_head(granule_start(&arena.granules[41])));
    }
}
END_TEST

static const enum granule_kind slotted[] = {GRANULE_SLAB, GRANULE_GUARDED};

START_TEST(test_every_granule_of_a_run_of_slots_leads_to_its_head)
{
    start();
    struct granule *head = make_run(8, 8, slotted[_i]);
    for (uintptr_t i = 0; i < 8 * GRANULE_BYTES; i += 4096) {
        struct granule *granule = granule_at(granule_start(head) + i);
        ck_assert_ptr_eq(run_head(granule_start(head) + i), head);
        ck_assert_ptr_eq(slots_head(granule), head);
        ck_assert_uint_eq(slots_first(granule), slots_first(head));
        ck_assert(granule_kind(granule) & slotted[_i]);
    }
}
END_TEST

START_TEST(test_the_inside_of_a_run_of_slots_is_no_run_without_its_head)
{
    start();
    struct granule *head = make_run(8, 8, slotted[_i]);
    granule_set_kind(head, GRANULE_NONE);
    ck_assert_ptr_null(run_head(granule_start(head + 3)));
    make_run(8, 2, GRANULE_LARGE);
    ck_assert_ptr_null(run_head(granule_start(head + 3)));
    head[3].inside = 200; /* became another's */
    ck_assert_ptr_null(run_head(granule_start(head + 3)));
}
END_TEST

START_TEST(test_a_free_run_is_no_run_in_use)
{
    start();
    make_run(16, 16, GRANULE_FREE);
    for (uint32_t i = 16; i < 32; i++) {
        ck_assert_ptr_null(run_head(granule_start(&arena.granules[i])));
    }
}
END_TEST

/* Starts under a limit, which is lifted again: what runs at exit may need memory. */
static bool start_limited(__rlimit_resource_t resource, rlim_t bytes)
{
    struct rlimit usual, limit;
    getrlimit(resource, &usual);
    limit = (struct rlimit){bytes, usual.rlim_max};
    ck_assert_int_eq(setrlimit(resource, &limit), 0);
    bool started = arena_start();
    setrlimit(resource, &usual);
    return started;
}

START_TEST(test_limited_address_space_leaves_half_to_the_program)
{
    if (start_limited(RLIMIT_AS, 512 << 20)) { /* under a sanitizer there is no room at all */
        ck_assert_uint_le(arena.bytes, 256 << 20);
    }
}
END_TEST

START_TEST(test_too_little_address_space_is_refused)
{
    ck_assert(!start_limited(RLIMIT_AS, SMALLEST_BYTES));
}
END_TEST

START_TEST(test_limited_data_makes_descriptors_few)
{
    if (start_limited(RLIMIT_DATA, 64 << 20)) {
        ck_assert_uint_le((arena.bytes >> GRANULE_SHIFT) * sizeof(struct granule), 4 << 20);
    }
}
END_TEST

START_TEST(test_one_failing_mapping_makes_the_arena_smaller)
{
    start();
    size_t usual = arena.bytes;
    for (unsigned long nth = 1; nth <= 3; nth++) {
        os_pages_fail_at(nth, false);
        start();
        os_pages_fail_at(0, false);
        ck_assert_uint_eq(arena.bytes, usual / 2);
    }
}
END_TEST

START_TEST(test_no_mapping_at_all_is_refused)
{
    os_pages_fail_at(1, true);
    ck_assert(!arena_start());
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_the_arena_starts_at_a_chunk);
    tcase_add_test(tests, test_only_addresses_inside_are_held);
    tcase_add_test(tests, test_a_granule_knows_its_start);
    tcase_add_test(tests, test_a_fresh_arena_has_no_run);
    tcase_add_test(tests, test_addresses_outside_have_no_run);
    tcase_add_test(tests, test_every_address_of_a_large_run_leads_to_its_head);
    tcase_add_test(tests, test_a_run_in_the_place_of_another_is_found);
    tcase_add_test(tests, test_a_hint_that_is_wrong_is_not_believed);
    tcase_add_loop_test(tests, test_every_granule_of_a_run_of_slots_leads_to_its_head, 0, 2);
    tcase_add_loop_test(tests, test_the_inside_of_a_run_of_slots_is_no_run_without_its_head, 0, 2);
    tcase_add_test(tests, test_a_free_run_is_no_run_in_use);
    tcase_add_test(tests, test_limited_address_space_leaves_half_to_the_program);
    tcase_add_test(tests, test_too_little_address_space_is_refused);
    tcase_add_test(tests, test_limited_data_makes_descriptors_few);
    tcase_add_test(tests, test_one_failing_mapping_makes_the_arena_smaller);
    tcase_add_test(tests, test_no_mapping_at_all_is_refused);
}

int main(void)
{
    return suite_run("arena", add);
}
