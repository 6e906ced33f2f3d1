/* stack/depot: stacks stored once. */
#include "stack/depot.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "os/own.h"
#include "os/pages.h"
#include "stack/modules.h"
#include "support/suite.h"

enum { STACKS = 100000, MOST = 40, THREADS = 4 };

static struct depot_key key_of(const uintptr_t *frames, uint32_t count)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < count; i++) {
        hash = depot_hash_step(hash, frames[i]);
    }
    return (struct depot_key){.frames = frames,
                              .count = count,
                              .hash = depot_hash_end(hash, count),
                              .epoch = module_epoch()};
}

/* Stack number n; its frames say so. */
static uint32_t make(uintptr_t frames[MOST], unsigned n)
{
    uint32_t count = 1 + n % MOST;
    for (uint32_t i = 0; i < count; i++) {
        frames[i] = 0x400000 + (uintptr_t)n * 16 + i * 7919;
    }
    return count;
}

static uint32_t intern(unsigned n)
{
    uintptr_t frames[MOST];
    struct depot_key key = key_of(frames, make(frames, n));
    return depot_intern(&key);
}

static void assert_is(uint32_t id, unsigned n)
{
    uintptr_t frames[MOST];
    uint32_t count = make(frames, n);
    struct stack_view view = stack_view(id);
    ck_assert_uint_eq(view.count, count);
    ck_assert_mem_eq(view.frames, frames, count * sizeof frames[0]);
}

START_TEST(test_no_stack_has_no_frames)
{
    ck_assert_uint_eq(stack_view(STACK_NONE).count, 0);
    ck_assert_uint_eq(stack_view(12345).count, 0);
}
END_TEST

START_TEST(test_each_stack_is_stored_once_and_found_again)
{
    uint32_t *ids = calloc(STACKS, sizeof *ids);
    for (unsigned n = 0; n < STACKS; n++) {
        ids[n] = intern(n);
        ck_assert_uint_ne(ids[n], STACK_NONE);
    }
    ck_assert_uint_eq(depot_stacks(), STACKS);
    for (unsigned n = 0; n < STACKS; n++) {
        ck_assert_uint_eq(intern(n), ids[n]);
        assert_is(ids[n], n);
    }
    ck_assert_uint_eq(depot_stacks(), STACKS);
    free(ids);
}
END_TEST

START_TEST(test_cut_stacks_are_counted_once)
{
    uintptr_t frames[MOST];
    struct depot_key key = key_of(frames, make(frames, 5));
    key.cut = true;
    ck_assert_uint_eq(depot_intern(&key), depot_intern(&key));
    ck_assert_uint_eq(depot_cut(), 1);
}
END_TEST

static uint32_t found[THREADS][STACKS / 10];

static void *intern_all(void *number)
{
    for (unsigned n = 0; n < STACKS / 10; n++) {
        found[(uintptr_t)number][n] = intern(n);
    }
    return NULL;
}

START_TEST(test_threads_get_the_same_ids)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, intern_all, (void *)i), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(depot_stacks(), STACKS / 10);
    for (unsigned n = 0; n < STACKS / 10; n++) {
        assert_is(found[0][n], n);
        for (int i = 1; i < THREADS; i++) {
            ck_assert_uint_eq(found[i][n], found[0][n]);
        }
    }
}
END_TEST

/* Wherever memory ends: an answer, and afterwards all is as before. */
START_TEST(test_no_memory_is_an_answer_and_later_calls_work)
{
    unsigned n = 0;
    for (unsigned long nth = 1; nth < 40; nth++) {
        os_pages_fail_at(nth, true);
        uint32_t id = STACK_NONE;
        do {
            id = intern(n);
            n++;
        } while (id != STACK_NONE && n % 5000 != 0);
        os_pages_fail_at(0, false);
        for (unsigned back = 1; back < 10 && back < n; back++) {
            id = intern(n - back);
            assert_is(id, n - back);
        }
    }
}
END_TEST

struct search {
    uintptr_t address;
    bool found;
};

static void look(void *context, uintptr_t start, uintptr_t end)
{
    struct search *search = context;
    search->found |= search->address >= start && search->address < end;
}

START_TEST(test_stored_stacks_are_no_roots_of_the_leak_scan)
{
    struct search search = {.address = (uintptr_t)stack_view(intern(1)).frames};
    own_each_range(look, &search);
    ck_assert(search.found);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_no_stack_has_no_frames);
    tcase_add_test(tests, test_each_stack_is_stored_once_and_found_again);
    tcase_add_test(tests, test_cut_stacks_are_counted_once);
    tcase_add_test(tests, test_threads_get_the_same_ids);
    tcase_add_test(tests, test_no_memory_is_an_answer_and_later_calls_work);
    tcase_add_test(tests, test_stored_stacks_are_no_roots_of_the_leak_scan);
}

int main(void)
{
    return suite_run("depot", add);
}
