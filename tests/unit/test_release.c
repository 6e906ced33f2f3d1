/* alloc/release: each wrong release gives exactly one finding, the right one, and nothing else
 * happens. */
#include "alloc/allocate.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/stats.h"
#include "heap/slab.h"
#include "support/live_heap.h"
#include "support/suite.h"

static int global;

/* One invalid-free of what is in no block. */
static void assert_invalid(void *address)
{
    forget_found();
    give(address);
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_INVALID_FREE);
    ck_assert_int_eq(finding.detected, DETECTED_FREE);
    ck_assert_int_eq(finding.function, API_FREE);
    ck_assert_uint_eq(finding.pointer, (uintptr_t)address);
    ck_assert_uint_ne(finding.access_stack, 0);
    ck_assert(!finding.has_block);
}

/* One invalid-free of an address `offset` bytes from the start of a block. */
static void assert_interior(unsigned char *block, ptrdiff_t offset)
{
    forget_found();
    give(block + offset);
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_INVALID_FREE);
    ck_assert(finding.has_block && finding.has_offset);
    ck_assert_uint_eq(finding.block.address, (uintptr_t)block);
    ck_assert_int_eq(finding.offset, offset);
}

START_TEST(test_a_right_release_is_no_finding)
{
    live_heap_start();
    give(take(100));
    give(take(100000));
    give(NULL);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_addresses_outside_the_heap_were_never_blocks)
{
    live_heap_start();
    uintptr_t start, end;
    int local;
    char *mapped = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    heap_range(&start, &end);
    assert_invalid(&local);
    assert_invalid(&global);
    assert_invalid("literal");
    assert_invalid((void *)(uintptr_t)test_addresses_outside_the_heap_were_never_blocks);
    assert_invalid(mapped);
    assert_invalid((void *)1);
    assert_invalid((void *)0x00dedededededede);
    assert_invalid((void *)UINTPTR_MAX);
    assert_invalid((void *)((uintptr_t)1 << 63));
    assert_invalid((void *)(start - 16));
    assert_invalid((void *)end);
}
END_TEST

START_TEST(test_parts_of_the_heap_without_a_block_are_told)
{
    live_heap_start();
    uintptr_t start, end;
    heap_range(&start, &end);
    assert_invalid((void *)(end - 16)); /* never used */
    const struct granule *slab = run_head((uintptr_t)take(5000));
    assert_invalid((void *)slots_start(slab, slab->slots.count - 1));
    assert_invalid((void *)slots_start(slab, slab->slots.count)); /* behind the last slot */
}
END_TEST

START_TEST(test_interior_addresses_name_block_and_offset)
{
    live_heap_start();
    unsigned char *small = take(100), *large = take(100000), *aligned = take_aligned(100, 256);
    unsigned char *const blocks[] = {small, large, aligned};
    const ptrdiff_t offsets[] = {1, 8, 16, 50, 99};
    for (int i = 0; i < 3; i++) {
        for (size_t j = 0; j < sizeof offsets / sizeof *offsets; j++) {
            assert_interior(blocks[i], offsets[j]);
        }
        ck_assert_uint_ge(block_usable_size(blocks[i]), 100); /* still alive */
    }
}
END_TEST

START_TEST(test_one_past_the_end_is_the_blocks_own_size)
{
    live_heap_start();
    for (size_t size = 1; size < 70000; size = size * 3 / 2 + 1) {
        assert_interior(take(size), (ptrdiff_t)size);
    }
}
END_TEST

START_TEST(test_addresses_before_a_block_are_not_the_block)
{
    live_heap_start();
    unsigned char *first = (void *)slots_start(run_head((uintptr_t)take(100)), 0);
    assert_interior(first, -8);
    assert_interior(first, -16);
    assert_interior(take(100000), -64);
}
END_TEST

START_TEST(test_interior_of_a_freed_block_is_no_double_free)
{
    live_heap_start();
    unsigned char *block = take(100);
    give(block);
    assert_interior(block, 16);
    ck_assert_int_eq(found_only().block.state, BLOCK_FREED);
}
END_TEST

static void assert_double_free_is_told(void *block)
{
    forget_found();
    give(block);
    give(block);
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_DOUBLE_FREE);
    ck_assert_uint_eq(finding.pointer, (uintptr_t)block);
    ck_assert_uint_eq(finding.block.address, (uintptr_t)block);
    ck_assert_uint_ne(finding.access_stack, 0);
    ck_assert_uint_ne(finding.block.alloc_stack, 0);
    ck_assert_uint_ne(finding.block.free_stack, 0);
    ck_assert_uint_ne(finding.block.free_thread, 0);
}

START_TEST(test_a_double_free_knows_all_three_stacks)
{
    live_heap_start();
    assert_double_free_is_told(take(0));
    assert_double_free_is_told(take(100));
    assert_double_free_is_told(take_aligned(100, 4096));
    assert_double_free_is_told(take(1000000));
}
END_TEST

START_TEST(test_a_double_free_is_told_without_quarantine)
{
    live_heap_start_without_quarantine();
    assert_double_free_is_told(take(100));
}
END_TEST

START_TEST(test_a_double_free_releases_nothing_twice)
{
    live_heap_start_without_quarantine();
    void *block = take(100);
    give(block);
    give(block);
    void *a = take(100), *b = take(100);
    ck_assert_ptr_ne(a, b);
    ck_assert_uint_eq(heap_stats().frees, 1);
}
END_TEST

static void assert_pair(enum api via, enum api function, bool fits)
{
    forget_found();
    void *block = take_by(via, 40, 16);
    give_by(function, block);
    ck_assert_uint_eq(found(), fits ? 0 : 1);
    if (!fits) {
        struct finding finding = found_only();
        ck_assert_int_eq(finding.kind, FINDING_MISMATCH);
        ck_assert_int_eq(finding.block.via, via);
        ck_assert_int_eq(finding.function, function);
        ck_assert_int_eq(finding.block.state, BLOCK_LIVE);
    }
    ck_assert_int_eq(info_of(block).state, BLOCK_FREED); /* released all the same */
}

START_TEST(test_each_family_has_its_own_release)
{
    live_heap_start();
    for (int via = API_MALLOC; via <= API_NEW_ARRAY; via++) {
        assert_pair((enum api)via, API_FREE, via <= API_PVALLOC);
        assert_pair((enum api)via, API_DELETE, via == API_NEW);
        assert_pair((enum api)via, API_DELETE_ARRAY, via == API_NEW_ARRAY);
    }
}
END_TEST

static void assert_told(enum api via, size_t alignment, struct release how, bool fits)
{
    forget_found();
    give_as(how, take_by(via, 40, alignment));
    ck_assert_uint_eq(found(), fits ? 0 : 1);
    if (!fits) {
        struct finding finding = found_only();
        ck_assert_int_eq(finding.kind, FINDING_MISMATCH);
        ck_assert_int_eq(finding.has_given_size, how.has_size);
        ck_assert_uint_eq(finding.given_size, how.size);
        ck_assert_int_eq(finding.has_given_alignment, how.has_alignment);
        ck_assert_uint_eq(finding.given_alignment, how.alignment);
    }
}

START_TEST(test_a_sized_release_must_give_the_size)
{
    live_heap_start();
    struct release how = {.function = API_DELETE, .has_size = true, .size = 40};
    assert_told(API_NEW, 16, how, true);
    how.size = 39;
    assert_told(API_NEW, 16, how, false);
    how.size = 48;
    assert_told(API_NEW, 16, how, false);
    how = (struct release){.function = API_FREE_SIZED, .has_size = true, .size = 40};
    assert_told(API_MALLOC, 16, how, true);
    how.size = 0;
    assert_told(API_MALLOC, 16, how, false);
}
END_TEST

START_TEST(test_an_aligned_release_must_give_the_alignment)
{
    live_heap_start();
    struct release how = {.function = API_DELETE, .has_alignment = true, .alignment = 64};
    assert_told(API_NEW, 64, how, true);
    assert_told(API_NEW, 32, how, false);
    assert_told(API_NEW, 16, how, false);
    how.alignment = 32;
    assert_told(API_NEW, 64, how, false);
}
END_TEST

START_TEST(test_a_plain_delete_does_not_fit_an_aligned_new)
{
    live_heap_start();
    assert_told(API_NEW, 64, (struct release){.function = API_DELETE}, false);
    assert_told(API_MEMALIGN, 64, (struct release){.function = API_FREE}, true);
}
END_TEST

enum { RACERS = 4, RACES = 300 };

static void *raced[RACES];
static pthread_barrier_t barrier;

static void *race(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < RACES; i++) {
        give(raced[i]);
    }
    return NULL;
}

START_TEST(test_of_racing_releases_one_succeeds_and_the_others_are_told)
{
    live_heap_start();
    pthread_t threads[RACERS];
    for (int i = 0; i < RACES; i++) {
        raced[i] = take(i % 20 ? 50 : 50000);
    }
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, race, NULL), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(heap_stats().frees, RACES);
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
    ck_assert_uint_eq(found(), (RACERS - 1) * RACES);
    for (unsigned long i = 0; i < 256; i++) {
        ck_assert_int_eq(found_nth(i).kind, FINDING_DOUBLE_FREE);
        ck_assert_uint_ne(found_nth(i).block.free_stack, 0);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_right_release_is_no_finding);
    tcase_add_test(tests, test_addresses_outside_the_heap_were_never_blocks);
    tcase_add_test(tests, test_parts_of_the_heap_without_a_block_are_told);
    tcase_add_test(tests, test_interior_addresses_name_block_and_offset);
    tcase_add_test(tests, test_one_past_the_end_is_the_blocks_own_size);
    tcase_add_test(tests, test_addresses_before_a_block_are_not_the_block);
    tcase_add_test(tests, test_interior_of_a_freed_block_is_no_double_free);
    tcase_add_test(tests, test_a_double_free_knows_all_three_stacks);
    tcase_add_test(tests, test_a_double_free_is_told_without_quarantine);
    tcase_add_test(tests, test_a_double_free_releases_nothing_twice);
    tcase_add_test(tests, test_each_family_has_its_own_release);
    tcase_add_test(tests, test_a_sized_release_must_give_the_size);
    tcase_add_test(tests, test_an_aligned_release_must_give_the_alignment);
    tcase_add_test(tests, test_a_plain_delete_does_not_fit_an_aligned_new);
    tcase_add_test(tests, test_of_racing_releases_one_succeeds_and_the_others_are_told);
}

int main(void)
{
    return suite_run("release", add);
}
