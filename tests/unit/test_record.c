/* block/record: the states of a block, and who may change them. */
#include "block/record.h"

#include <pthread.h>

#include "support/suite.h"

enum { THREADS = 4, ROUNDS = 20000 };

static struct record record;

START_TEST(test_a_zeroed_record_was_never_a_block)
{
    ck_assert_int_eq(record_state(&record), RECORD_NEVER);
}
END_TEST

START_TEST(test_state_and_function_are_kept_side_by_side)
{
    for (unsigned via = 0; via <= RECORD_VIA_MOST; via++) {
        for (unsigned state = RECORD_NEVER; state <= RECORD_FREED; state++) {
            record_publish(&record, (enum record_state)state, via);
            ck_assert_uint_eq(record_state(&record), state);
            ck_assert_uint_eq(record_via(&record), via);
        }
    }
}
END_TEST

START_TEST(test_only_a_live_block_can_be_released)
{
    record_publish(&record, RECORD_NEVER, 3);
    ck_assert(!record_begin_release(&record));
    record_publish(&record, RECORD_BUSY, 3);
    ck_assert(!record_begin_release(&record));
    record_publish(&record, RECORD_FREED, 3);
    ck_assert(!record_begin_release(&record));
    record_publish(&record, RECORD_LIVE, 3);
    ck_assert(record_begin_release(&record));
}
END_TEST

START_TEST(test_a_begun_release_keeps_the_function)
{
    record_publish(&record, RECORD_LIVE, 17);
    ck_assert(record_begin_release(&record));
    ck_assert_int_eq(record_state(&record), RECORD_BUSY);
    ck_assert_uint_eq(record_via(&record), 17);
    ck_assert(!record_begin_release(&record));
}
END_TEST

START_TEST(test_a_taken_record_is_nobody_elses)
{
    record_publish(&record, RECORD_FREED, 3);
    record_take(&record);
    ck_assert_int_eq(record_state(&record), RECORD_BUSY);
    ck_assert(!record_begin_release(&record));
}
END_TEST

static struct record shared[ROUNDS];
static pthread_barrier_t barrier;

static void *release_each(void *unused)
{
    (void)unused;
    uintptr_t won = 0;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        won += record_begin_release(&shared[i]);
    }
    return (void *)won;
}

START_TEST(test_of_racing_releases_exactly_one_wins)
{
    pthread_t threads[THREADS];
    uintptr_t won = 0;
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < ROUNDS; i++) {
        record_publish(&shared[i], RECORD_LIVE, 0);
    }
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, release_each, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        won += (uintptr_t)result;
    }
    ck_assert_uint_eq(won, ROUNDS);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_zeroed_record_was_never_a_block);
    tcase_add_test(tests, test_state_and_function_are_kept_side_by_side);
    tcase_add_test(tests, test_only_a_live_block_can_be_released);
    tcase_add_test(tests, test_a_begun_release_keeps_the_function);
    tcase_add_test(tests, test_a_taken_record_is_nobody_elses);
    tcase_add_test(tests, test_of_racing_releases_exactly_one_wins);
}

int main(void)
{
    return suite_run("record", add);
}
