/* alloc/thread: threads that come and go, share blocks, and fork. Threads end as the interposed
 * library makes them end, by thread_leave(). */
#include "alloc/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/stats.h"
#include "os/lock.h"
#include "os/own.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { THREADS = 4 };

struct crew {
    pthread_t threads[THREADS];
};

static void start_crew(struct crew *crew, void *(*work)(void *argument), char *arguments,
                       size_t each)
{
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&crew->threads[i], NULL, work, arguments + i * each), 0);
    }
}

static void join_crew(const struct crew *crew)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_join(crew->threads[i], NULL);
    }
}

static void work_together(void *(*work)(void *argument), void *arguments, size_t each)
{
    struct crew crew;
    start_crew(&crew, work, arguments, each);
    join_crew(&crew);
}

static void *come_and_go(void *unused)
{
    (void)unused;
    give(take(100));
    give(take(40000));
    thread_leave();
    return NULL;
}

static void run_one(void *(*work)(void *argument), void *argument)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, work, argument), 0);
    pthread_join(thread, NULL);
}

START_TEST(test_threads_by_the_thousand_leave_nothing_behind)
{
    live_heap_start();
    for (int i = 0; i < 300; i++) {
        run_one(come_and_go, NULL);
    }
    size_t own = own_total_bytes();
    uint64_t arena = heap_stats().arena_bytes;
    for (int i = 0; i < 3000; i++) {
        run_one(come_and_go, NULL);
    }
    ck_assert_uint_le(own_total_bytes(), own + 256 * 1024); /* names, and the quarantine's rings */
    ck_assert_uint_le(heap_stats().arena_bytes, arena + (1 << 20));
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
    ck_assert_uint_eq(heap_stats().frees, 2 * 3300);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void *note_struct(void *out)
{
    *(struct thread **)out = thread_get();
    thread_leave();
    return NULL;
}

START_TEST(test_an_ended_threads_struct_serves_the_next_one)
{
    live_heap_start();
    struct thread *first, *second;
    run_one(note_struct, &first);
    run_one(note_struct, &second);
    ck_assert_ptr_eq(first, second);
}
END_TEST

static void *note_number(void *out)
{
    *(uint16_t *)out = thread_get()->number;
    thread_leave();
    return NULL;
}

START_TEST(test_each_thread_has_a_number_of_its_own)
{
    live_heap_start();
    uint16_t main_number = thread_get()->number, first, second;
    run_one(note_number, &first);
    run_one(note_number, &second);
    ck_assert(main_number && first && second);
    ck_assert(main_number != first && first != second && second != main_number);
}
END_TEST

static void *allocate_after_leaving(void *unused)
{
    (void)unused;
    thread_get();
    thread_leave();
    char *block = take(100);
    ck_assert_ptr_nonnull(block);
    memset(block, 1, 100);
    ck_assert(thread_get()->shared);
    give(resize(block, 1000));
    thread_leave();
    return NULL;
}

START_TEST(test_a_thread_that_left_is_still_served)
{
    live_heap_start();
    for (int i = 0; i < 50; i++) {
        work_together(allocate_after_leaving, NULL, 0);
    }
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
    ck_assert_uint_eq(heap_stats().live_bytes, 0);
    ck_assert_uint_eq(heap_stats().frees, 50 * THREADS * 2);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void *release_it(void *block)
{
    give(block);
    thread_leave();
    return NULL;
}

START_TEST(test_a_block_freed_by_another_thread_names_both)
{
    live_heap_start();
    void *block = take(100);
    run_one(release_it, block);
    struct block_info info = info_of(block);
    ck_assert_int_eq(info.state, BLOCK_FREED);
    ck_assert_uint_eq(info.alloc_thread, thread_get()->number);
    ck_assert_uint_ne(info.free_thread, 0);
    ck_assert_uint_ne(info.free_thread, info.alloc_thread);
}
END_TEST

START_TEST(test_the_quarantine_of_an_ended_thread_is_still_checked)
{
    live_heap_start();
    unsigned char *block = take(100);
    run_one(release_it, block);
    ck_assert_uint_gt(heap_stats().quarantine_bytes, 0);
    block[5] ^= 1;
    ck_assert_uint_eq(check_all(), 1);
    ck_assert_int_eq(found_only().kind, FINDING_USE_AFTER_FREE);
}
END_TEST

enum { RING = 64, ROUNDS = 20000 };

static _Atomic(unsigned char *) ring[RING];

/* Puts a block into a random place and releases what another thread left there. */
static void *exchange(void *argument)
{
    uint32_t state = *(uint32_t *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        state = state * 1664525 + 1013904223;
        size_t size = state >> 16 & (i % 100 ? 1023 : 65535);
        unsigned char *block = take(size + 1);
        memset(block, (int)(size & 0xff), size + 1);
        unsigned char *other = atomic_exchange(&ring[state >> 26], block);
        if (other) {
            size_t other_size = block_usable_size(other);
            ck_assert_uint_eq(other[0], (other_size - 1) & 0xff);
            ck_assert_uint_eq(other[other_size - 1], (other_size - 1) & 0xff);
            give(other);
        }
    }
    thread_leave();
    return NULL;
}

static uint32_t seeds[THREADS] = {1, 22, 333, 4444};

START_TEST(test_blocks_go_from_thread_to_thread)
{
    live_heap_start();
    work_together(exchange, seeds, sizeof seeds[0]);
    for (int i = 0; i < RING; i++) {
        give(ring[i]);
    }
    ck_assert_uint_eq(heap_stats().live_blocks, 0);
    ck_assert_uint_eq(check_all(), 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_checks_find_nothing_in_the_middle_of_others_work)
{
    live_heap_start_without_quarantine();
    struct crew crew;
    start_crew(&crew, exchange, (char *)seeds, sizeof seeds[0]);
    for (int i = 0; i < 60; i++) {
        check_all();
    }
    join_crew(&crew);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static atomic_bool stop;

static void *churn(void *unused)
{
    (void)unused;
    while (!atomic_load(&stop)) {
        void *blocks[50];
        for (size_t i = 0; i < 50; i++) {
            blocks[i] = take(i * 40);
        }
        give(take(100000));
        for (size_t i = 0; i < 50; i++) {
            give(blocks[i]);
        }
    }
    return NULL;
}

/* The child of a fork: its own heap, working. */
static void live_in_child(void)
{
    os_unlock_all();
    threads_after_fork();
    for (size_t i = 0; i < 3000; i++) {
        give(take(i * 13));
    }
    run_one(come_and_go, NULL);
    _exit(check_all() == 0 && found() == 0 ? 0 : 1);
}

START_TEST(test_a_child_forked_amid_others_work_can_allocate)
{
    struct heap_config config = live_heap_usual();
    config.quarantine_floor_bytes = config.quarantine_cap_bytes =
        64 * 1024; /* little for a child to copy */
    live_heap_start_with(config);
    struct crew crew;
    start_crew(&crew, churn, NULL, 0);
    for (int i = 0; i < 20; i++) {
        give(take(100));
        os_lock_all();
        pid_t pid = fork();
        if (pid == 0) {
            live_in_child();
        }
        os_unlock_all();
        int status = 0;
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 0);
    }
    atomic_store(&stop, true);
    join_crew(&crew);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_threads_by_the_thousand_leave_nothing_behind);
    tcase_add_test(tests, test_an_ended_threads_struct_serves_the_next_one);
    tcase_add_test(tests, test_each_thread_has_a_number_of_its_own);
    tcase_add_test(tests, test_a_thread_that_left_is_still_served);
    tcase_add_test(tests, test_a_block_freed_by_another_thread_names_both);
    tcase_add_test(tests, test_the_quarantine_of_an_ended_thread_is_still_checked);
    tcase_add_test(tests, test_blocks_go_from_thread_to_thread);
    tcase_add_test(tests, test_checks_find_nothing_in_the_middle_of_others_work);
    tcase_add_test(tests, test_a_child_forked_amid_others_work_can_allocate);
}

int main(void)
{
    return suite_run("thread", add);
}
