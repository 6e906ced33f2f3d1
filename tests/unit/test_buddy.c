/* heap/buddy: runs of granules against a model of who owns which. */
#include "heap/buddy.h"

#include <pthread.h>
#include <string.h>

#include "base/align.h"
#include "os/own.h"
#include "os/pages.h"
#include "support/suite.h"

enum { MODEL_GRANULES = 4096, RUNS = 64, LONGEST = 70 };

struct run {
    struct granule *head; /* NULL: none */
    uint32_t granules;
};

static unsigned char owners[MODEL_GRANULES]; /* run number + 1; 0: nobody's */
static struct run runs[RUNS];
static uint64_t seed = 88172645463325252u;

/* Marsaglia, "Xorshift RNGs" (2003). */
static uint32_t below(uint32_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed % limit);
}

static void start(void)
{
    own_register_lock();
    buddy_register_lock();
    ck_assert(arena_start());
}

static struct granule *alloc(uint32_t granules)
{
    struct granule *run = run_alloc(granules);
    ck_assert_ptr_nonnull(run);
    return run;
}

static uint64_t *word_at(const struct granule *granule, size_t offset)
{
    return (uint64_t *)(granule_start(granule) + offset);
}

/* The first and last words of each granule are zero; from now on they are not. */
static void assert_zero_then_soil(const struct granule *first, uint32_t granules)
{
    for (uint32_t i = 0; i < granules; i++) {
        uint64_t *front = word_at(first + i, 0), *back = word_at(first + i, GRANULE_BYTES - 8);
        ck_assert_uint_eq(*front, 0);
        ck_assert_uint_eq(*back, 0);
        *front = *back = ~(uint64_t)0;
    }
}

/* Walks all that was ever used: heads of free runs are aligned, and no two buddies of one length
 * are both free. */
static void assert_joined(void)
{
    for (uint32_t at = 0; at < buddy_frontier();) {
        const struct granule *granule = &arena.granules[at];
        if (granule_kind(granule) != GRANULE_FREE) {
            at++;
            continue;
        }
        uint32_t length = 1u << granule->order;
        ck_assert_uint_eq(at % length, 0);
        uint32_t buddy = at ^ length;
        if (buddy < buddy_frontier()) {
            const struct granule *other = &arena.granules[buddy];
            ck_assert(granule_kind(other) != GRANULE_FREE || other->order != granule->order);
        }
        at += length;
    }
}

static void own(unsigned number, uint32_t from, uint32_t to)
{
    uint32_t head = granule_index(runs[number].head);
    ck_assert_uint_le(head + to, MODEL_GRANULES);
    for (uint32_t i = head + from; i < head + to; i++) {
        ck_assert_uint_eq(owners[i], 0);
        owners[i] = (unsigned char)(number + 1);
    }
    assert_zero_then_soil(runs[number].head + from, to - from);
}

static void model_alloc(unsigned number)
{
    struct run *run = &runs[number];
    run->granules = 1 + below(below(4) ? 8 : LONGEST);
    run->head = alloc(run->granules);
    size_t aligned = (size_t)1 << log2_ceil(run->granules);
    ck_assert_uint_eq(granule_index(run->head) % aligned, 0);
    own(number, 0, run->granules);
    run->head->granules = run->granules;
    granule_set_kind(run->head, GRANULE_LARGE);
}

static void model_free(unsigned number)
{
    struct run *run = &runs[number];
    memset(owners + granule_index(run->head), 0, run->granules);
    granule_set_kind(run->head, GRANULE_NONE);
    run_free(run->head, run->granules);
    run->head = NULL;
}

static void model_extend(unsigned number)
{
    struct run *run = &runs[number];
    uint32_t wanted = run->granules + 1 + below(8);
    if (run_extend(run->head, run->granules, wanted)) {
        own(number, run->granules, wanted);
        run->head->granules = run->granules = wanted;
    }
}

static void assert_heads_are_found(void)
{
    size_t in_use = 0;
    for (unsigned i = 0; i < RUNS; i++) {
        for (uint32_t j = 0; runs[i].head && j < runs[i].granules; j++) {
            ck_assert_ptr_eq(run_head(granule_start(runs[i].head + j)), runs[i].head);
            in_use++;
        }
    }
    ck_assert_uint_eq(in_use, buddy_granules_in_use());
}

START_TEST(test_random_runs_never_overlap_and_read_as_zero)
{
    start();
    for (int step = 0; step < 20000; step++) {
        unsigned number = below(RUNS);
        if (!runs[number].head) {
            model_alloc(number);
        } else if (below(3) == 0) {
            model_extend(number);
        } else {
            model_free(number);
        }
        if (step % 500 == 0) {
            assert_heads_are_found();
            assert_joined();
        }
    }
    for (unsigned i = 0; i < RUNS; i++) {
        if (runs[i].head) {
            model_free(i);
        }
    }
    ck_assert_uint_eq(buddy_granules_in_use(), 0);
    assert_joined();
}
END_TEST

START_TEST(test_freed_pieces_become_one_run_again)
{
    start();
    struct granule *pieces[64];
    for (int i = 0; i < 64; i++) {
        pieces[i] = alloc(1);
    }
    size_t frontier = buddy_frontier();
    for (int i = 0; i < 64; i++) {
        run_free(pieces[i * 37 % 64], 1);
    }
    ck_assert_ptr_eq(alloc(64), &arena.granules[0]);
    ck_assert_uint_eq(buddy_frontier(), frontier);
}
END_TEST

START_TEST(test_the_tail_of_a_rounded_up_run_is_used)
{
    start();
    struct granule *three = alloc(3);
    struct granule *one = alloc(1);
    ck_assert_ptr_eq(one, three + 3);
    struct granule *nine = alloc(9);
    ck_assert_uint_eq(granule_index(nine) % 16, 0);
    ck_assert_ptr_eq(alloc(4), nine + 12);
    ck_assert_uint_eq(buddy_granules_in_use(), 17);
}
END_TEST

START_TEST(test_a_run_grows_into_free_neighbours)
{
    start();
    struct granule *run = alloc(2), *next = alloc(2);
    ck_assert_ptr_eq(next, run + 2);
    assert_zero_then_soil(next, 2);
    run_free(next, 2);
    ck_assert(run_extend(run, 2, 5));
    assert_zero_then_soil(run + 2, 3);
    ck_assert_uint_eq(buddy_granules_in_use(), 5);
    ck_assert_ptr_eq(alloc(1), run + 5);
}
END_TEST

START_TEST(test_a_run_does_not_grow_over_a_neighbour)
{
    start();
    struct granule *run = alloc(1), *free_one = alloc(1), *used = alloc(1);
    ck_assert_ptr_eq(used, run + 2);
    run_free(free_one, 1);
    ck_assert(!run_extend(run, 1, 3));
    ck_assert_uint_eq(buddy_granules_in_use(), 2);
    assert_joined();
    ck_assert_ptr_eq(alloc(1), free_one);
}
END_TEST

START_TEST(test_a_run_does_not_outgrow_its_alignment)
{
    start();
    struct granule *first = alloc(2), *second = alloc(2);
    ck_assert_uint_eq(granule_index(second), 2);
    ck_assert(!run_extend(second, 2, 3));
    ck_assert(run_extend(first + 2, 2, 2));
}
END_TEST

START_TEST(test_memory_of_a_free_run_goes_back_to_the_system)
{
    start();
    struct granule *run = alloc(4);
    memset((void *)granule_start(run), 1, 4 * GRANULE_BYTES);
    run_free(run, 4);
    unsigned char resident[4 * GRANULE_BYTES / 4096];
    ck_assert(os_pages_resident((void *)granule_start(run), 4 * GRANULE_BYTES, resident));
    for (size_t i = 0; i < sizeof resident; i++) {
        ck_assert(!(resident[i] & 1));
    }
}
END_TEST

START_TEST(test_a_run_larger_than_the_arena_is_refused)
{
    start();
    ck_assert_ptr_null(run_alloc(1u << 30));
    ck_assert_ptr_null(run_alloc((uint32_t)(arena.bytes >> GRANULE_SHIFT) + 1));
    alloc(1);
}
END_TEST

START_TEST(test_a_failing_mapping_changes_nothing)
{
    start();
    os_pages_fail_at(1, false);
    ck_assert_ptr_null(run_alloc(40));
    os_pages_fail_at(0, false);
    ck_assert_uint_eq(buddy_granules_in_use(), 0);
    assert_joined();
    assert_zero_then_soil(alloc(40), 40);
}
END_TEST

START_TEST(test_a_failing_mapping_lets_no_run_grow)
{
    start();
    struct granule *run =
        alloc(40); /* of the three chunks that it lies in all is committed, but not of the fourth */
    os_pages_fail_at(1, false);
    ck_assert(!run_extend(run, 40, 60));
    os_pages_fail_at(0, false);
    ck_assert_uint_eq(buddy_granules_in_use(), 40);
    ck_assert(run_extend(run, 40, 60));
    assert_zero_then_soil(run, 60);
}
END_TEST

static void *churn(void *argument)
{
    uint32_t state = *(uint32_t *)argument;
    struct run mine[16] = {0};
    for (int step = 0; step < 3000; step++) {
        state = state * 1664525 + 1013904223;
        struct run *run = &mine[state >> 28];
        if (run->head) {
            run_free(run->head, run->granules);
            run->head = NULL;
        } else {
            run->granules = 1 + (state >> 20 & 15);
            run->head = alloc(run->granules);
            *word_at(run->head, 0) += 1;
            ck_assert_uint_eq(*word_at(run->head, 0), 1);
        }
    }
    for (int i = 0; i < 16; i++) {
        if (mine[i].head) {
            run_free(mine[i].head, mine[i].granules);
        }
    }
    return NULL;
}

START_TEST(test_threads_share_the_runs)
{
    start();
    pthread_t threads[4];
    uint32_t seeds[4] = {1, 2, 3, 4};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, &seeds[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(buddy_granules_in_use(), 0);
    assert_joined();
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_random_runs_never_overlap_and_read_as_zero);
    tcase_add_test(tests, test_freed_pieces_become_one_run_again);
    tcase_add_test(tests, test_the_tail_of_a_rounded_up_run_is_used);
    tcase_add_test(tests, test_a_run_grows_into_free_neighbours);
    tcase_add_test(tests, test_a_run_does_not_grow_over_a_neighbour);
    tcase_add_test(tests, test_a_run_does_not_outgrow_its_alignment);
    tcase_add_test(tests, test_memory_of_a_free_run_goes_back_to_the_system);
    tcase_add_test(tests, test_a_run_larger_than_the_arena_is_refused);
    tcase_add_test(tests, test_a_failing_mapping_changes_nothing);
    tcase_add_test(tests, test_a_failing_mapping_lets_no_run_grow);
    tcase_add_test(tests, test_threads_share_the_runs);
}

int main(void)
{
    return suite_run("buddy", add);
}
