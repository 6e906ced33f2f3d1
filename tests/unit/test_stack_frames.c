/* stack: captured frames are those that libunwind finds, for all kinds of frames. */
#include "stack/stack.h"

#include <alloca.h>
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "stack/frame_at.h"
#include "stack/word.h"
#include "support/stack_probe.h"
#include "support/suite.h"

static struct stack_cache *cache;
static int failures;
static volatile int sink; /* written after calls, so that they are no tail calls */

static NOINLINE int recurse(int depth)
{
    if (depth == 0) {
        probe_compare(cache, &failures);
        return 0;
    }
    sink = recurse(depth - 1);
    return depth;
}

START_TEST(test_recursion_has_libunwinds_frames)
{
    cache = probe_start();
    for (int depth = 0; depth < 150; depth += 7) {
        recurse(depth);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

static uint32_t captured;

static NOINLINE int recurse_to_capture(int depth)
{
    if (depth == 0) {
        captured = probe_capture(cache);
        return 0;
    }
    sink = recurse_to_capture(depth - 1);
    return depth;
}

START_TEST(test_stacks_deeper_than_the_limit_keep_the_innermost_frames)
{
    cache = probe_start();
    stack_start(10);
    recurse_to_capture(20);
    void *whole = recurse_to_capture;
    struct stack_view view = stack_view(captured);
    ck_assert_uint_eq(view.count, 10);
    for (uint32_t i = 0; i < view.count; i++) {
        ck_assert_uint_lt(view.frames[i] - (uintptr_t)whole, 200); /* all in that function */
    }
}
END_TEST

static NOINLINE int with_alloca(int bytes)
{
    char *room = alloca((size_t)bytes);
    memset(room, 1, (size_t)bytes);
    if (bytes > 20) {
        sink = with_alloca(bytes - 20);
        return room[1];
    }
    probe_compare(cache, &failures);
    return room[0];
}

START_TEST(test_alloca_has_libunwinds_frames)
{
    cache = probe_start();
    for (int bytes = 1; bytes < 300; bytes += 37) {
        sink = with_alloca(bytes);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

static NOINLINE int with_large_frame(void)
{
    volatile char room[600 * 1024];
    room[0] = room[sizeof room - 1] = 1;
    recurse(3);
    return room[0];
}

START_TEST(test_large_frames_have_libunwinds_frames)
{
    cache = probe_start();
    for (int i = 0; i < 5; i++) {
        sink = with_large_frame();
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

/* gcc computes the frame's address from a word it saved before it aligned the stack. */
static NOINLINE __attribute__((force_align_arg_pointer)) int realigned(int depth)
{
    _Alignas(64) volatile char room[64];
    char *more = alloca((size_t)depth * 8 + 8);
    more[0] = 1;
    room[0] = (char)depth;
    if (depth > 0) {
        sink = realigned(depth - 1);
        return room[0] + more[0];
    }
    recurse(2);
    return room[0] + more[0];
}

START_TEST(test_realigned_stacks_have_libunwinds_frames)
{
    cache = probe_start();
    for (int depth = 0; depth < 9; depth++) {
        sink = realigned(depth);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

static int compare_and_probe(const void *a, const void *b)
{
    recurse(1);
    return *(const int *)a - *(const int *)b;
}

START_TEST(test_callbacks_of_libc_have_libunwinds_frames)
{
    int numbers[] = {5, 3, 9, 1, 7, 2};
    cache = probe_start();
    qsort(numbers, 6, sizeof numbers[0], compare_and_probe);
    ck_assert_ptr_nonnull(bsearch(&numbers[2], numbers, 6, sizeof numbers[0], compare_and_probe));
    ck_assert_int_eq(failures, 0);
}
END_TEST

static NOINLINE uint32_t tail_caller(int *count)
{
    return probe_compare(cache, count);
}

START_TEST(test_tail_calls_have_libunwinds_frames)
{
    cache = probe_start();
    uint32_t id = tail_caller(&failures);
    sink = (int)id;
    ck_assert_int_eq(failures, 0);
}
END_TEST

static void *in_thread(void *argument)
{
    cache = probe_cache();
    recurse(5);
    sink = with_alloca(100);
    sink = realigned(3);
    return argument;
}

START_TEST(test_threads_have_libunwinds_frames)
{
    pthread_t thread;
    probe_start();
    ck_assert_int_eq(pthread_create(&thread, NULL, in_thread, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(test_without_a_cache_frames_are_the_same)
{
    probe_start();
    cache = NULL; /* nor are the stack's bounds known */
    recurse(3);
    sink = with_alloca(60);
    sink = realigned(2);
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(test_unknown_bounds_give_the_same_frames)
{
    probe_start();
    cache = stack_cache_create(0, 0);
    recurse(40);
    sink = with_alloca(300);
    sink = with_large_frame();
    ck_assert_int_eq(failures, 0);
}
END_TEST

/* What a compiler at run time might write: push %rbp; mov %rsp, %rbp or xor %ebp, %ebp;
 * call *%rdi; pop %rbp; ret. */
static const unsigned char framed_call[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};
static const unsigned char frameless_call[] = {0x55, 0x31, 0xed, 0xff, 0xd7, 0x5d, 0xc3};
static uint32_t probed;

static NOINLINE void probe_from_code(void)
{
    probed = probe_capture(cache);
    sink = 1;
}

static NOINLINE void run_code(const unsigned char *code, size_t bytes)
{
    void *at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    memcpy(at, code, bytes);
    void (*call)(void (*)(void));
    memcpy(&call, &at, sizeof call);
    call(probe_from_code);
    sink = 2;
}

START_TEST(test_code_without_tables_is_crossed_by_its_frame_pointer)
{
    cache = probe_start();
    uint32_t outer = stack_view(probe_capture(cache)).count;
    run_code(framed_call, sizeof framed_call);
    ck_assert_uint_eq(stack_view(probed).count, outer + 3); /* probe_from_code, code, run_code */
}
END_TEST

START_TEST(test_code_without_tables_or_frame_pointer_ends_the_stack)
{
    cache = probe_start();
    uint64_t before = stack_counts().cut;
    run_code(frameless_call, sizeof frameless_call);
    ck_assert_uint_eq(stack_view(probed).count, 2);
    ck_assert_uint_gt(stack_counts().cut, before);
}
END_TEST

/* A place on this stack, asked about from further down it: the frame it is in, by a copy that is
 * not where the stack is. */
enum { COPY_WORDS = 2048 };
static uintptr_t found_frame;

static READS_FRAMES NOINLINE void ask_frame(uintptr_t place)
{
    static uintptr_t words[COPY_WORDS];
    struct call_site site = CALL_SITE();
    for (size_t i = 0; i < COPY_WORDS && site.sp + i * sizeof words[0] < place + 512; i++) {
        words[i] = ((const stack_word *)site.sp)[i];
    }
    const struct stack_copy copy = {site, words, COPY_WORDS};
    found_frame = stack_frame_at(&copy, place);
}

static NOINLINE int ask_from_below(uintptr_t place, int depth)
{
    if (depth == 0) {
        ask_frame(place);
        return 0;
    }
    sink = ask_from_below(place, depth - 1);
    return depth;
}

static NOINLINE int own_a_place(int bytes)
{
    char *room = alloca((size_t)bytes);
    memset(room, 1, (size_t)bytes);
    sink = ask_from_below((uintptr_t)room, bytes / 10);
    return room[0];
}

static NOINLINE int call_the_owner(int bytes)
{
    volatile int mine = bytes;
    sink = own_a_place(bytes);
    ck_assert_uint_lt(found_frame - (uintptr_t)own_a_place, 200);
    ask_from_below((uintptr_t)&mine, 3);
    ck_assert_uint_lt(found_frame - (uintptr_t)call_the_owner, 400);
    return mine;
}

START_TEST(test_the_frame_of_a_place_is_that_of_the_function_it_belongs_to)
{
    cache = probe_start();
    for (int bytes = 8; bytes < 100; bytes += 9) {
        call_the_owner(bytes);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_recursion_has_libunwinds_frames);
    tcase_add_test(tests, test_stacks_deeper_than_the_limit_keep_the_innermost_frames);
    tcase_add_test(tests, test_alloca_has_libunwinds_frames);
    tcase_add_test(tests, test_large_frames_have_libunwinds_frames);
    tcase_add_test(tests, test_realigned_stacks_have_libunwinds_frames);
    tcase_add_test(tests, test_callbacks_of_libc_have_libunwinds_frames);
    tcase_add_test(tests, test_tail_calls_have_libunwinds_frames);
    tcase_add_test(tests, test_threads_have_libunwinds_frames);
    tcase_add_test(tests, test_without_a_cache_frames_are_the_same);
    tcase_add_test(tests, test_unknown_bounds_give_the_same_frames);
    tcase_add_test(tests, test_code_without_tables_is_crossed_by_its_frame_pointer);
    tcase_add_test(tests, test_the_frame_of_a_place_is_that_of_the_function_it_belongs_to);
    tcase_add_test(tests, test_code_without_tables_or_frame_pointer_ends_the_stack);
}

int main(void)
{
    return suite_run("stack_frames", add);
}
