/* alloc/ref and alloc/lookup: from any address to its block. */
#include "alloc/ref.h"

#include "alloc/lookup.h"
#include "support/live_heap.h"
#include "support/suite.h"

static struct ref ref_at(const void *address)
{
    struct ref ref;
    ck_assert(ref_find((uintptr_t)address, &ref));
    return ref;
}

START_TEST(test_every_byte_of_a_slot_leads_to_its_block)
{
    live_heap_start();
    for (size_t size = 0; size < 20000; size = size * 5 / 4 + 1) {
        unsigned char *block = take(size);
        struct ref ref = ref_at(block);
        ck_assert_uint_eq(ref.start, (uintptr_t)block);
        for (uintptr_t at = slots_start(ref.run, ref.slot); at < ref.end; at++) {
            ck_assert_ptr_eq(ref_at((void *)at).record, ref.record);
        }
        if (ref.slot + 1 < ref.run->slots.count) {
            ck_assert_ptr_ne(ref_at((void *)ref.end).record, ref.record);
        }
    }
}
END_TEST

START_TEST(test_every_page_of_a_large_block_leads_to_it)
{
    live_heap_start();
    unsigned char *block = take(3000000);
    for (size_t offset = 0; offset < 3000000; offset += 4096) {
        ck_assert_uint_eq(ref_at(block + offset).start, (uintptr_t)block);
    }
    ck_assert_uint_eq(ref_at(block - 1).start, (uintptr_t)block);
    ck_assert_uint_eq(ref_at(block + 3000000).start, (uintptr_t)block);
}
END_TEST

START_TEST(test_the_front_of_a_slab_belongs_to_its_first_slot)
{
    live_heap_start();
    struct ref ref = ref_at(take(100));
    uintptr_t slab = granule_start(ref.run);
    ck_assert_uint_eq(ref_at((void *)slab).slot, 0);
    ck_assert_uint_eq(ref_at((void *)(slab + SLAB_FRONT - 1)).slot, 0);
}
END_TEST

START_TEST(test_the_rest_behind_the_last_slot_is_no_block)
{
    live_heap_start();
    struct ref ref = ref_at(take(5000));
    uintptr_t end = granule_start(ref.run) + ref.run->granules * GRANULE_BYTES;
    uintptr_t last_end = slots_start(ref.run, ref.run->slots.count);
    ck_assert_uint_lt(last_end, end);
    for (uintptr_t at = last_end; at < end; at++) {
        ck_assert(!ref_find(at, &ref));
    }
}
END_TEST

START_TEST(test_nothing_outside_the_heap_is_a_block)
{
    live_heap_start();
    take(1);
    struct ref ref;
    struct block_info info;
    uintptr_t start, end;
    int local;
    heap_range(&start, &end);
    const uintptr_t others[] = {0, 1, start - 1, end, end + 1, UINTPTR_MAX, (uintptr_t)&local};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert(!ref_find(others[i], &ref));
        ck_assert(!block_find(others[i], &info));
    }
}
END_TEST

START_TEST(test_no_address_of_an_unused_heap_is_a_block)
{
    live_heap_start();
    struct ref ref;
    uintptr_t start, end;
    heap_range(&start, &end);
    for (uintptr_t at = start; at < end; at += (end - start) / 5000) {
        ck_assert(!ref_find(at, &ref));
    }
}
END_TEST

START_TEST(test_a_slot_never_handed_out_is_no_block)
{
    live_heap_start();
    struct ref ref = ref_at(take(5000));
    uintptr_t last = slots_start(ref.run, ref.run->slots.count - 1);
    struct block_info info;
    ck_assert_int_eq(record_state(ref_at((void *)last).record), RECORD_NEVER);
    ck_assert(!block_find(last, &info));
}
END_TEST

START_TEST(test_canaries_surround_a_block_on_both_sides)
{
    live_heap_start();
    for (size_t size = 0; size < 200000; size = size * 3 / 2 + 1) {
        struct ref ref = ref_at(take(size));
        ck_assert_uint_ge(ref.start - ref.front, GAP_BYTES);
        ck_assert_uint_ge(ref.end - (ref.start + ref.size), 8);
        ck_assert_uint_eq(ref.size, size);
    }
}
END_TEST

START_TEST(test_a_wider_redzone_is_kept_behind_every_block)
{
    struct heap_config config = live_heap_usual();
    config.redzone_bytes = 256;
    live_heap_start_with(config);
    for (size_t size = 0; size < 200000; size = size * 3 / 2 + 1) {
        struct ref ref = ref_at(take(size));
        ck_assert_uint_ge(ref.end - (ref.start + size), 256);
    }
}
END_TEST

START_TEST(test_a_block_is_described_as_it_was_asked_for)
{
    live_heap_start();
    void *block = take_by(API_MEMALIGN, 100, 256);
    struct block_info info = info_of((char *)block + 50);
    ck_assert_uint_eq(info.address, (uintptr_t)block);
    ck_assert_uint_eq(info.size_bytes, 100);
    ck_assert_uint_eq(info.alignment_bytes, 256);
    ck_assert_int_eq(info.via, API_MEMALIGN);
    ck_assert_int_eq(info.state, BLOCK_LIVE);
    ck_assert_uint_ne(info.alloc_stack, 0);
    ck_assert_uint_ne(info.alloc_thread, 0);
    ck_assert_uint_eq(info.free_stack, 0);
    ck_assert_uint_eq(info.free_thread, 0);
}
END_TEST

START_TEST(test_a_freed_block_is_described_with_its_release)
{
    live_heap_start();
    void *small = take(100), *large = take(100000);
    void *const blocks[] = {small, large};
    for (int i = 0; i < 2; i++) {
        give(blocks[i]);
        struct block_info info = info_of(blocks[i]);
        ck_assert_int_eq(info.state, BLOCK_FREED);
        ck_assert_uint_ne(info.free_stack, 0);
        ck_assert_uint_eq(info.free_thread, info.alloc_thread);
    }
}
END_TEST

struct walked {
    uintptr_t last;
    size_t count, bytes;
};

static void walk(void *context, const struct block_info *block)
{
    struct walked *walked = context;
    ck_assert_uint_gt(block->address, walked->last);
    walked->last = block->address;
    walked->count++;
    walked->bytes += block->size_bytes;
}

START_TEST(test_a_walk_visits_each_block_once_by_rising_address)
{
    live_heap_start();
    size_t bytes = 0, count = 0, freed = 0;
    for (size_t size = 1; size < 500000; size = size * 9 / 8 + 1) {
        void *block = take(size);
        if (size % 3 == 0) {
            give(block);
            freed++;
        } else {
            count++;
            bytes += size;
        }
    }
    struct walked live = {0}, dead = {0}, never = {0};
    block_each(BLOCK_LIVE, walk, &live);
    block_each(BLOCK_FREED, walk, &dead);
    block_each(BLOCK_RELEASING, walk, &never);
    ck_assert_uint_eq(live.count, count);
    ck_assert_uint_eq(live.bytes, bytes);
    ck_assert_uint_eq(dead.count, freed);
    ck_assert_uint_eq(never.count, 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_every_byte_of_a_slot_leads_to_its_block);
    tcase_add_test(tests, test_every_page_of_a_large_block_leads_to_it);
    tcase_add_test(tests, test_the_front_of_a_slab_belongs_to_its_first_slot);
    tcase_add_test(tests, test_the_rest_behind_the_last_slot_is_no_block);
    tcase_add_test(tests, test_nothing_outside_the_heap_is_a_block);
    tcase_add_test(tests, test_no_address_of_an_unused_heap_is_a_block);
    tcase_add_test(tests, test_a_slot_never_handed_out_is_no_block);
    tcase_add_test(tests, test_canaries_surround_a_block_on_both_sides);
    tcase_add_test(tests, test_a_wider_redzone_is_kept_behind_every_block);
    tcase_add_test(tests, test_a_block_is_described_as_it_was_asked_for);
    tcase_add_test(tests, test_a_freed_block_is_described_with_its_release);
    tcase_add_test(tests, test_a_walk_visits_each_block_once_by_rising_address);
}

int main(void)
{
    return suite_run("ref", add);
}
