/* alloc/bounds: how much of a block is left at an address, by the quick look and by the long one.
 */
#include "alloc/bounds.h"

#include "support/live_heap.h"
#include "support/suite.h"

enum { AROUND = 40, MOST = 3000 };

/* What is left by the blocks' own account; false: no live block there, nor right behind it. */
static bool room_by_ref(uintptr_t at, size_t *room)
{
    struct ref ref;
    if (!ref_find_anywhere(at, &ref) || record_state(ref.record) != RECORD_LIVE) {
        return false;
    }
    *room = ref.start + ref.size - at;
    return at >= ref.start && at <= ref.start + ref.size;
}

static bool room_at_once(uintptr_t at, size_t *room)
{
    struct bounds bounds = {.room = SIZE_MAX};
    bool known = bounds_near(at - arena.base, &bounds);
    *room = bounds.room;
    return known && bounds.room <= bounds.size;
}

/* True if the quick look knew as much as there is to know. */
static bool agree(uintptr_t at)
{
    size_t room = 0, found, near;
    if (!arena_holds(at)) {
        return true;
    }
    bool any = room_by_ref(at, &room);
    if (bounds_room(at, &found) != any || (any && found != room)) {
        ck_abort_msg("bounds_room() at %zx", at);
    }
    bool known = room_at_once(at, &near);
    if (known && (!any || near != room)) {
        ck_abort_msg("bounds_near() at %zx", at);
    }
    return known == any;
}

/* In a block and around it; in large ones, here and there. */
static bool agree_around(const unsigned char *block, size_t size)
{
    bool known = true;
    size_t step = size > MOST ? size / MOST : 1;
    for (uintptr_t at = (uintptr_t)block - AROUND; at <= (uintptr_t)block + size; at += step) {
        known &= agree(at);
    }
    for (size_t i = 0; i < AROUND; i++) {
        known &= agree((uintptr_t)block + size + i);
    }
    return known;
}

static void check_sizes(void)
{
    for (size_t size = 0; size < 4000000; size = size * 3 / 2 + 1) {
        unsigned char *block = take(size);
        ck_assert_msg(agree_around(block, size), "%zu bytes", size);
        give(block);
        ck_assert_msg(agree_around(block, size), "%zu bytes released", size);
    }
}

START_TEST(test_the_quick_look_knows_every_usual_block)
{
    struct heap_config config = live_heap_usual();
    config.guard = GUARD_OFF;
    live_heap_start_with(config);
    check_sizes();
}
END_TEST

START_TEST(test_the_quick_look_knows_guarded_blocks)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = GUARDS_MADVISE;
    config.guard = GUARD_ALL;
    live_heap_start_with(config);
    check_sizes();
}
END_TEST

START_TEST(test_blocks_with_an_alignment_are_judged_exactly)
{
    live_heap_start();
    for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
        for (size_t size = 1; size < 70000; size = size * 7 + 3) {
            (void)agree_around(take_aligned(size, alignment), size);
        }
    }
}
END_TEST

START_TEST(test_a_block_that_grew_or_shrank_is_judged_by_its_new_size)
{
    live_heap_start();
    unsigned char *block = take(100);
    for (size_t size = 1; size < 4000000; size = size * 2 + 1) {
        block = resize(block, size);
        (void)agree_around(block, size);
        block = resize(block, size - size / 3);
        (void)agree_around(block, size - size / 3);
    }
}
END_TEST

/* Runs come and go and leave hints that are out of date. */
START_TEST(test_blocks_in_the_place_of_others_are_judged_by_what_they_are)
{
    live_heap_start_without_quarantine();
    unsigned char *kept[40];
    for (unsigned round = 0; round < 60; round++) {
        for (unsigned i = 0; i < 40; i++) {
            size_t size = 1000 + (size_t)(i * 7919 + round * 104729) % 700000;
            kept[i] = take(i % 3 ? size : size / 100);
        }
        for (unsigned i = 0; i < 40; i++) {
            for (size_t offset = 0; offset < 800000; offset += 65536) {
                (void)agree((uintptr_t)kept[i] + offset);
            }
        }
        for (unsigned i = 0; i < 40; i++) {
            give(kept[i]);
        }
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_the_quick_look_knows_every_usual_block);
    tcase_add_test(tests, test_the_quick_look_knows_guarded_blocks);
    tcase_add_test(tests, test_blocks_with_an_alignment_are_judged_exactly);
    tcase_add_test(tests, test_a_block_that_grew_or_shrank_is_judged_by_its_new_size);
    tcase_add_test(tests, test_blocks_in_the_place_of_others_are_judged_by_what_they_are);
}

int main(void)
{
    return suite_run("bounds", add);
}
