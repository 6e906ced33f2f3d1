/* alloc/door, with rights that are noted and not enforced: who may write when, and which memory is
 * covered. The real thing is tests/keys. */
#include "alloc/door.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/ref.h"
#include "os/own.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { COVERED_MOST = 256 };

static struct {
    uintptr_t start, end;
} covered[COVERED_MOST];
static size_t covered_count;

static void note(const void *at, size_t bytes)
{
    ck_assert_uint_lt(covered_count, COVERED_MOST);
    covered[covered_count].start = (uintptr_t)at;
    covered[covered_count++].end = (uintptr_t)at + bytes;
}

static bool is_covered(const void *at)
{
    for (size_t i = 0; i < covered_count; i++) {
        if ((uintptr_t)at >= covered[i].start && (uintptr_t)at < covered[i].end) {
            return true;
        }
    }
    return false;
}

/* What they are, and stay. */
static enum os_keys_rights rights(void)
{
    enum os_keys_rights now = os_keys_set(KEYS_WRITE);
    os_keys_set(now);
    return now;
}

/* The heap as the library starts it, and the door shut. */
static void start(enum guard_mode guard)
{
    struct heap_config config = live_heap_usual();
    config.guard = guard;
    config.guard_rate = 1;
    config.guards_best = guard == GUARD_OFF ? GUARDS_NONE : GUARDS_MPROTECT;
    os_keys_fake(note);
    DOOR(door);
    live_heap_start_with(config);
}

static void *take_by_door(size_t size)
{
    DOOR(door);
    return take(size);
}

static void give_by_door(void *block)
{
    DOOR(door);
    give(block);
}

static struct ref ref_to(const void *block)
{
    struct ref ref;
    ck_assert(ref_find_anywhere((uintptr_t)block, &ref));
    return ref;
}

START_TEST(test_without_keys_a_door_does_nothing)
{
    {
        DOOR(door);
        ck_assert(!door.has_state);
    }
    own_free(own_alloc_record(1000), 1000);
    ck_assert_uint_eq(covered_count, 0);
}
END_TEST

START_TEST(test_a_door_gives_the_right_to_write_and_takes_it_again)
{
    start(GUARD_OFF);
    ck_assert_int_eq(rights(), KEYS_READ);
    ck_assert_ptr_null(thread_current);
    {
        DOOR(door);
        ck_assert_int_eq(rights(), KEYS_WRITE);
    }
    ck_assert_int_eq(rights(), KEYS_READ);
}
END_TEST

START_TEST(test_of_nested_doors_the_outermost_shuts)
{
    start(GUARD_OFF);
    {
        DOOR(outer);
        struct thread *self = thread_get();
        {
            DOOR(inner);
            ck_assert_ptr_eq(thread_current, self);
        }
        ck_assert_int_eq(rights(), KEYS_WRITE);
        ck_assert_ptr_eq(thread_current, self);
    }
    ck_assert_int_eq(rights(), KEYS_READ);
    ck_assert_ptr_null(thread_current);
}
END_TEST

static bool leave_early(bool early)
{
    DOOR(door);
    if (early) {
        return rights() == KEYS_WRITE;
    }
    give(take(10));
    return false;
}

START_TEST(test_a_return_shuts_the_door)
{
    start(GUARD_OFF);
    ck_assert(leave_early(true));
    ck_assert_int_eq(rights(), KEYS_READ);
    ck_assert(!leave_early(false));
    ck_assert_int_eq(rights(), KEYS_READ);
}
END_TEST

START_TEST(test_a_thread_stays_the_same_behind_its_door)
{
    start(GUARD_OFF);
    give_by_door(take_by_door(100));
    struct thread *self = thread_behind_door;
    ck_assert_ptr_nonnull(self);
    for (int i = 0; i < 100; i++) {
        give_by_door(take_by_door(100));
        ck_assert_ptr_null(thread_current);
        ck_assert_ptr_eq(thread_behind_door, self);
    }
}
END_TEST

static enum os_keys_rights rights_after_handler;
static struct thread *current_in_handler;

/* As the kernel does: no rights at first, and those of the interrupted one afterwards. */
static void handle(int number)
{
    (void)number;
    enum os_keys_rights interrupted = os_keys_set(KEYS_NOTHING);
    {
        DOOR(door);
        ck_assert_int_eq(rights(), KEYS_WRITE);
        current_in_handler = thread_current;
        give(take(50));
    }
    rights_after_handler = rights();
    os_keys_set(interrupted);
}

START_TEST(test_a_handler_leaves_a_shut_door_shut)
{
    start(GUARD_OFF);
    give_by_door(take_by_door(50));
    struct thread *self = thread_behind_door;
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    ck_assert_ptr_eq(current_in_handler, self);
    ck_assert_int_eq(rights_after_handler, KEYS_READ);
    ck_assert_ptr_null(thread_current);
    ck_assert_ptr_eq(thread_behind_door, self);
    ck_assert_int_eq(rights(), KEYS_READ);
}
END_TEST

START_TEST(test_a_handler_leaves_an_open_door_open)
{
    start(GUARD_OFF);
    signal(SIGUSR1, handle);
    {
        DOOR(door);
        struct thread *self = thread_get();
        raise(SIGUSR1);
        ck_assert_ptr_eq(current_in_handler, self);
        ck_assert_int_eq(rights_after_handler, KEYS_READ); /* of the handler alone */
        ck_assert_ptr_eq(thread_current, self);
        ck_assert_int_eq(rights(), KEYS_WRITE);
    }
    ck_assert_int_eq(rights(), KEYS_READ);
    ck_assert_ptr_null(thread_current);
}
END_TEST

static void *be_born(void *unused)
{
    (void)unused;
    ck_assert_int_eq(rights(), KEYS_NOTHING); /* one from before the key */
    void *block = take_by_door(70);
    ck_assert_int_eq(rights(), KEYS_READ);
    struct thread *self = thread_behind_door;
    ck_assert(is_covered(self));
    {
        DOOR(door);
        thread_leave();
    }
    ck_assert_ptr_null(thread_current);
    give_by_door(block); /* by the shared one */
    ck_assert_ptr_null(thread_current);
    ck_assert_ptr_ne(thread_behind_door, self);
    return self;
}

START_TEST(test_each_thread_has_its_own_door)
{
    start(GUARD_OFF);
    give_by_door(take_by_door(70));
    struct thread *self = thread_behind_door;
    pthread_t thread;
    void *other;
    ck_assert_int_eq(pthread_create(&thread, NULL, be_born, NULL), 0);
    pthread_join(thread, &other);
    ck_assert_ptr_ne(other, self);
    ck_assert_ptr_eq(thread_behind_door, self);
    ck_assert_int_eq(rights(), KEYS_READ);
}
END_TEST

START_TEST(test_a_child_has_its_parents_door)
{
    start(GUARD_OFF);
    void *block = take_by_door(70);
    struct thread *self = thread_behind_door;
    pid_t child = fork();
    if (child == 0) {
        {
            DOOR(door);
            threads_after_fork();
        }
        give_by_door(block);
        _exit(rights() == KEYS_READ && thread_behind_door == self && found() == 0 ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_what_is_known_of_blocks_is_covered)
{
    start(GUARD_OFF);
    void *small = take_by_door(24), *large = take_by_door(300000);
    give_by_door(take_by_door(100)); /* into the quarantine */
    struct ref ref = ref_to(small);
    ck_assert(is_covered(ref.record));
    ck_assert(is_covered(ref.run));
    ck_assert(is_covered(ref.run->slab.free_map));
    ck_assert(is_covered(ref_to(large).record));
    ck_assert(is_covered(thread_behind_door));
    ck_assert(is_covered(thread_behind_door->stacks));
    ck_assert(is_covered(thread_behind_door->cache.quarantine.ring));
    ck_assert(!is_covered(small));
    ck_assert(!is_covered(large));
}
END_TEST

START_TEST(test_records_of_guarded_blocks_are_covered)
{
    start(GUARD_ALL);
    struct ref ref = ref_to(take_by_door(24));
    ck_assert(ref_is_guarded(&ref));
    ck_assert(is_covered(ref.record));
    ck_assert(is_covered(ref.run->guarded.places));
}
END_TEST

START_TEST(test_only_records_are_covered)
{
    os_keys_fake(note);
    void *record = own_alloc_record(1000), *plain = own_alloc(1000);
    void *large = own_alloc_record(100000);
    ck_assert(is_covered(record));
    ck_assert(is_covered(large));
    ck_assert(!is_covered(plain));
    own_free(plain, 1000);
    own_free_record(record, 1000);
    own_free_record(large, 100000);
    ck_assert(is_covered(own_alloc_record(1000)));
    ck_assert(!is_covered(own_alloc(1000)));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_without_keys_a_door_does_nothing);
    tcase_add_test(tests, test_a_door_gives_the_right_to_write_and_takes_it_again);
    tcase_add_test(tests, test_of_nested_doors_the_outermost_shuts);
    tcase_add_test(tests, test_a_return_shuts_the_door);
    tcase_add_test(tests, test_a_thread_stays_the_same_behind_its_door);
    tcase_add_test(tests, test_a_handler_leaves_a_shut_door_shut);
    tcase_add_test(tests, test_a_handler_leaves_an_open_door_open);
    tcase_add_test(tests, test_each_thread_has_its_own_door);
    tcase_add_test(tests, test_a_child_has_its_parents_door);
    tcase_add_test(tests, test_what_is_known_of_blocks_is_covered);
    tcase_add_test(tests, test_records_of_guarded_blocks_are_covered);
    tcase_add_test(tests, test_only_records_are_covered);
}

int main(void)
{
    return suite_run("door", add);
}
