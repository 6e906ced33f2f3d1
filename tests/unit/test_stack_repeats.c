/* stack: a repeat is told from a stack that only looks like one; damaged stacks do no harm. */
#include "stack/stack.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "stack/memo.h"
#include "support/stack_probe.h"
#include "support/suite.h"

static struct stack_cache *cache;
static int failures;
static volatile int sink;

static NOINLINE uint32_t wrapper(void)
{
    uint32_t id = probe_compare(cache, &failures);
    sink = 1;
    return id;
}

/* Two ways to the same depth. */
static NOINLINE uint32_t one_way(void)
{
    uint32_t id = wrapper();
    sink = 2;
    return id;
}

static NOINLINE uint32_t other_way(void)
{
    uint32_t id = wrapper();
    sink = 3;
    return id;
}

START_TEST(test_same_place_by_another_way_is_another_stack)
{
    cache = probe_start();
    uint32_t ids[2] = {0, 0};
    uint32_t (*volatile ways[])(void) = {one_way, other_way};
    for (int i = 0; i < 40; i++) {
        uint32_t id = ways[i / (1 + i % 3) % 2]();
        ck_assert(id == ids[0] || id == ids[1] || ids[1] == 0);
        if (id != ids[0] && id != ids[1]) {
            ids[ids[0] != 0] = id;
        }
    }
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert_int_eq(failures, 0);
}
END_TEST

/* A random program of calls: every stack is compared with libunwind's. */
static NOINLINE int wander(int depth, unsigned *seed)
{
    volatile char room[48];
    room[0] = (char)depth;
    int calls = 1 + rand_r(seed) % 2;
    for (int i = 0; i < calls; i++) {
        switch (depth > 0 ? rand_r(seed) % 4 : 3) {
        case 0:
            sink = wander(depth - 1, seed);
            break;
        case 1:
            sink = wander(depth - 1, seed) + 1;
            break;
        case 2: {
            char *more = __builtin_alloca((size_t)(rand_r(seed) % 5) * 16 + 16);
            more[0] = 1;
            sink = wander(depth - 1, seed) + more[0];
            break;
        }
        default:
            wrapper();
        }
    }
    return room[0];
}

START_TEST(test_a_random_program_has_libunwinds_frames)
{
    cache = probe_start();
    unsigned seed = 1;
    for (int i = 0; i < 3000; i++) {
        wander(8, &seed);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(test_memory_of_a_cache_is_used_again_when_it_is_full)
{
    cache = probe_start();
    unsigned seed = 7;
    uint32_t head = 0;
    int rounds = 0;
    for (int i = 0; i < 20000 && rounds < 3; i++) {
        wander(12, &seed);
        rounds += cache->head < head;
        head = cache->head;
    }
    ck_assert_int_eq(rounds, 3);
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(test_errno_is_kept)
{
    cache = probe_start();
    for (int i = 0; i < 4; i++) { /* learned, walked, repeated */
        errno = 77;
        sink = (int)probe_capture(i < 3 ? cache : NULL);
        ck_assert_int_eq(errno, 77);
    }
}
END_TEST

static uint64_t random_word(unsigned *seed)
{
    return (uint64_t)rand_r(seed) << 42 ^ (uint64_t)rand_r(seed) << 21 ^ (uint64_t)rand_r(seed);
}

/* A stack of nonsense: real return addresses, addresses in itself, garbage. */
static void fill(uintptr_t *words, size_t count, struct stack_view code, unsigned *seed)
{
    for (size_t i = 0; i < count; i++) {
        switch (rand_r(seed) % 4) {
        case 0:
            words[i] = code.frames[(unsigned)rand_r(seed) % code.count];
            break;
        case 1:
            words[i] = (uintptr_t)&words[(unsigned)rand_r(seed) % count];
            break;
        case 2:
            words[i] = random_word(seed);
            break;
        default:
            words[i] = (uintptr_t)rand_r(seed) % 5000;
        }
    }
}

/* Its last page lies before one that nobody may read. */
static uintptr_t *map_words(size_t bytes)
{
    char *at = mmap(NULL, bytes + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    ck_assert_int_eq(mprotect(at + bytes, 4096, PROT_NONE), 0);
    return (uintptr_t *)(void *)at;
}

static NOINLINE struct stack_view some_code(int depth)
{
    if (depth > 0) {
        struct stack_view view = some_code(depth - 1);
        sink = 1;
        return view;
    }
    return stack_view(probe_capture(cache));
}

static void capture_nonsense(struct stack_cache *with, uintptr_t *words, size_t count,
                             struct stack_view code, unsigned seed)
{
    for (int round = 0; round < 30000; round++) {
        if (round % 100 == 0) {
            fill(words, count, code, &seed);
        }
        size_t sp = (unsigned)rand_r(&seed) % count;
        uintptr_t fp = rand_r(&seed) % 3 ? (uintptr_t)&words[(unsigned)rand_r(&seed) % count]
                                         : random_word(&seed);
        struct call_site site = {.pc = rand_r(&seed) % 20
                                           ? code.frames[(unsigned)rand_r(&seed) % code.count]
                                           : random_word(&seed),
                                 .sp = (uintptr_t)&words[sp] + (rand_r(&seed) % 20 == 0),
                                 .fp = fp + (rand_r(&seed) % 20 == 0)};
        struct stack_view view = stack_view(stack_capture(with, &site));
        ck_assert_uint_ge(view.count, 1);
        ck_assert_uint_eq(view.frames[0], site.pc);
    }
}

START_TEST(test_nonsense_on_a_known_stack_does_no_harm)
{
    enum { BYTES = 64 * 1024 };
    cache = probe_start();
    struct stack_view code = some_code(10);
    uintptr_t *words = map_words(BYTES);
    struct stack_cache *with = stack_cache_create((uintptr_t)words, (uintptr_t)words + BYTES);
    capture_nonsense(with, words, BYTES / sizeof *words, code, 11);
}
END_TEST

START_TEST(test_nonsense_on_an_unknown_stack_does_no_harm)
{
    enum { BYTES = 64 * 1024 };
    cache = probe_start();
    struct stack_view code = some_code(10);
    capture_nonsense(cache, map_words(BYTES), BYTES / sizeof(uintptr_t), code, 12);
    capture_nonsense(NULL, map_words(BYTES), BYTES / sizeof(uintptr_t), code, 13);
}
END_TEST

START_TEST(test_stack_pointers_to_nowhere_do_no_harm)
{
    cache = probe_start();
    struct stack_view code = some_code(2);
    const uintptr_t nowhere[] = {0, 8, 4096, 1, UINTPTR_MAX, UINTPTR_MAX - 7, (uintptr_t)1 << 63};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        struct call_site site = {.pc = code.frames[0], .sp = nowhere[i], .fp = nowhere[i]};
        ck_assert_uint_ge(stack_view(stack_capture(cache, &site)).count, 1);
    }
}
END_TEST

static volatile int ticks, cut_short;

/* Amid storing or learning the handler may get less; never something else. */
static void on_tick(int number)
{
    void *reference[PROBE_FRAMES];
    struct stack_view view = stack_view(probe_capture(cache));
    int count = unw_backtrace(reference, PROBE_FRAMES);
    for (uint32_t i = 1; i < view.count; i++) {
        failures += (view.frames[i] & STACK_PC_MASK) != (uintptr_t)reference[i];
    }
    cut_short += (int)view.count != count;
    ticks++;
    sink = number;
}

START_TEST(test_signals_amid_captures_get_no_wrong_stack)
{
    cache = probe_start();
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = {.it_interval = {0, 1000}, .it_value = {0, 1000}};
    setitimer(ITIMER_REAL, &often, NULL);
    unsigned seed = 99;
    while (ticks < 2000) {
        wander(10, &seed);
    }
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    ck_assert_int_eq(failures, 0);
    ck_assert_int_lt(cut_short, ticks / 2);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_same_place_by_another_way_is_another_stack);
    tcase_add_test(tests, test_a_random_program_has_libunwinds_frames);
    tcase_add_test(tests, test_memory_of_a_cache_is_used_again_when_it_is_full);
    tcase_add_test(tests, test_errno_is_kept);
    tcase_add_test(tests, test_nonsense_on_a_known_stack_does_no_harm);
    tcase_add_test(tests, test_nonsense_on_an_unknown_stack_does_no_harm);
    tcase_add_test(tests, test_stack_pointers_to_nowhere_do_no_harm);
    tcase_add_test(tests, test_signals_amid_captures_get_no_wrong_stack);
}

int main(void)
{
    return suite_run("stack_repeats", add);
}
