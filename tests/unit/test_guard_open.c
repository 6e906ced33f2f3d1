/* alloc/guard_open: what a read ran into can be read, and written only once a write has run into it
 * as well; small blocks and large ones, by each way to make guards. */
#include "alloc/guard_open.h"

#include <string.h>
#include <unistd.h>

#include "alloc/guard_hit.h"
#include "os/guards.h"
#include "os/pages.h"
#include "os/probe.h"
#include "support/live_heap.h"
#include "support/suite.h"

enum { MANY = 400 };

static const size_t sizes[] = {48, 4096, 200000, 1 << 20};
static const enum guards_way ways[] = {GUARDS_MADVISE, GUARDS_MPROTECT};
enum { SIZES = sizeof sizes / sizeof *sizes, WAYS = sizeof ways / sizeof *ways };

static void start(int test)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = ways[test % WAYS];
    config.guard = GUARD_ALL;
    config.guard_side = GUARD_SIDE_AFTER;
    live_heap_start_with(config);
}

static bool is_readable(const char *at)
{
    return os_word_is_readable((uintptr_t)at & ~(uintptr_t)7);
}

/* Asked of the kernel, which refuses to write there. */
static bool is_writable(char *at)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "w", 1), 1);
    bool can = read(ends[0], at, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return can;
}

/* As after a fault there. */
static void run_into(char *at, bool is_read)
{
    struct guard_hit hit;
    ck_assert(guarded_hit((uintptr_t)at, &hit));
    hit.is_read = is_read;
    ck_assert(guarded_open(&hit));
}

static char *guard_behind(char *block, size_t size)
{
    return (char *)(((uintptr_t)block + size + OS_PAGE - 1) & ~(OS_PAGE - 1));
}

START_TEST(test_a_guard_that_was_read_can_be_read_only)
{
    size_t size = sizes[_i / WAYS];
    start(_i);
    char *block = take(size), *guard = guard_behind(block, size);
    run_into(guard, true);
    ck_assert(is_readable(guard) && !is_writable(guard) && is_writable(block));
    run_into(guard, true);
    ck_assert(is_readable(guard) && !is_writable(guard));
    run_into(guard, false);
    ck_assert(is_readable(guard) && is_writable(guard));
    run_into(guard, true);
    ck_assert(is_writable(guard));
    give(block);
    ck_assert(!is_readable(guard) && !is_readable(block));
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_guard_that_was_read_closes_with_the_block)
{
    size_t size = sizes[_i / WAYS];
    start(_i);
    char *block = take(size), *guard = guard_behind(block, size);
    run_into(guard, true);
    give(block);
    ck_assert(!is_readable(guard) && !is_readable(block));
    for (int i = 0; i < MANY; i++) {
        char *other = take(size);
        memset(other, 1, size);
        ck_assert(!is_readable(guard_behind(other, size)));
        give(other);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_released_block_that_was_read_can_be_read_only)
{
    size_t size = sizes[_i / WAYS];
    start(_i);
    char *block = take(size);
    give(block);
    run_into(block + 8, true);
    ck_assert(is_readable(block) && !is_writable(block + 9));
    run_into(block + 9, false);
    ck_assert(is_writable(block + 9));
    ck_assert_uint_eq(check_all(), 0);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_what_was_read_can_be_written_when_it_is_a_block_again)
{
    size_t size = sizes[_i / WAYS];
    start(_i);
    for (int i = 0; i < MANY; i++) {
        char *block = take_zero(size);
        ck_assert(block[0] == 0 && block[size - 1] == 0);
        memset(block, 1, size);
        give(block);
        run_into(block + 8, true);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_a_block_grows_over_a_guard_that_was_read)
{
    start(_i);
    size_t size = 3 << 20;
    char *block = take(size);
    for (int i = 0; i < 8; i++) {
        run_into(guard_behind(block, size), true);
        size += 100000;
        block = resize(block, size);
        memset(block, 1, size);
    }
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_without_mappings_a_read_opens_all)
{
    size_t size = sizes[_i];
    start(0);
    char *block = take(size), *guard = guard_behind(block, size);
    os_guards_set_budget(0);
    run_into(guard, true);
    ck_assert(is_readable(guard) && is_writable(guard));
    os_guards_set_budget(100);
    give(block);
    ck_assert(!is_readable(guard));
}
END_TEST

START_TEST(test_mappings_are_given_back)
{
    size_t size = sizes[_i];
    start(0);
    os_guards_set_budget(3);
    for (int i = 0; i < 20; i++) {
        char *block = take(size), *guard = guard_behind(block, size);
        run_into(guard, true);
        ck_assert(!is_writable(guard));
        give(block);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_a_guard_that_was_read_can_be_read_only, 0, SIZES * WAYS);
    tcase_add_loop_test(tests, test_a_guard_that_was_read_closes_with_the_block, 0, SIZES * WAYS);
    tcase_add_loop_test(tests, test_a_released_block_that_was_read_can_be_read_only, 0,
                        SIZES * WAYS);
    tcase_add_loop_test(tests, test_what_was_read_can_be_written_when_it_is_a_block_again, 0,
                        SIZES * WAYS);
    tcase_add_loop_test(tests, test_a_block_grows_over_a_guard_that_was_read, 0, WAYS);
    tcase_add_loop_test(tests, test_without_mappings_a_read_opens_all, 0, SIZES);
    tcase_add_loop_test(tests, test_mappings_are_given_back, 0, SIZES - 1);
}

int main(void)
{
    return suite_run("guard_open", add);
}
