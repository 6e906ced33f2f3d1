/* stack: frames interrupted by signals, at any instruction. */
#include "stack/stack.h"

#include <check.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support/plugin.h"
#include "support/stack_probe.h"
#include "support/suite.h"

static struct stack_cache *cache;
static int failures;
static volatile int sink;
static int captures;
static uint32_t last;

static void on_signal(int number)
{
    last = probe_compare(cache, &failures);
    captures++;
    sink = number;
}

static void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    ck_assert_int_eq(sigaction(number, &action, NULL), 0);
}

static NOINLINE int raise_below(int depth)
{
    if (depth == 0) {
        raise(SIGUSR1);
    } else {
        sink = raise_below(depth - 1);
    }
    return depth;
}

static bool has_exact_frame(uint32_t id)
{
    struct stack_view view = stack_view(id);
    for (uint32_t i = 0; i < view.count; i++) {
        if (view.frames[i] & STACK_EXACT) {
            return true;
        }
    }
    return false;
}

START_TEST(test_handlers_have_libunwinds_frames)
{
    cache = probe_start();
    handle(SIGUSR1, 0);
    for (int depth = 0; depth < 20; depth++) {
        raise_below(depth);
    }
    ck_assert_int_eq(failures, 0);
    ck_assert(has_exact_frame(last));
}
END_TEST

static void use_alternate_stack(void)
{
    static char room[256 * 1024];
    stack_t alternate = {.ss_sp = room, .ss_size = sizeof room};
    ck_assert_int_eq(sigaltstack(&alternate, NULL), 0);
}

START_TEST(test_handlers_on_an_alternate_stack_have_libunwinds_frames)
{
    cache = probe_start();
    use_alternate_stack();
    handle(SIGUSR1, SA_ONSTACK);
    for (int depth = 0; depth < 20; depth++) {
        raise_below(depth);
    }
    ck_assert_int_eq(failures, 0);
    ck_assert_int_eq(captures, 20);
}
END_TEST

static void raise_again(int number)
{
    sink = raise_below(3);
    sink = number;
}

START_TEST(test_handlers_within_handlers_have_libunwinds_frames)
{
    cache = probe_start();
    use_alternate_stack();
    handle(SIGUSR1, 0);
    struct sigaction action = {.sa_handler = raise_again, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR2, &action, NULL);
    for (int i = 0; i < 5; i++) {
        raise(SIGUSR2);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

static void set_trap_flag(bool on)
{
    if (on) {
        __asm__ volatile(
            "sub $128, %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tadd $128, %%rsp" ::
                : "cc", "memory");
    } else {
        __asm__ volatile(
            "sub $128, %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\tadd $128, %%rsp" ::
                : "cc", "memory");
    }
}

static NOINLINE int several(int depth)
{
    volatile char room[100];
    memset((void *)(uintptr_t)room, depth, sizeof room);
    if (depth > 0) {
        sink = several(depth - 1);
    }
    return room[7];
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The processor traps after each instruction: in prologues, epilogues, stubs, the loader's
 * resolver. */
START_TEST(test_every_instruction_has_libunwinds_frames)
{
    int numbers[] = {3, 1, 2};
    char text[32];
    cache = probe_start();
    use_alternate_stack();
    handle(SIGTRAP, SA_ONSTACK);
    set_trap_flag(true);
    sink = several(2);
    qsort(numbers, 3, sizeof numbers[0], by_value);
    snprintf(text, sizeof text, "%d %s", numbers[0], "text");
    set_trap_flag(false);
    ck_assert_int_gt(captures, 300);
    ck_assert_int_eq(failures, 0);
}
END_TEST

static const char late_bound[] = "#include <stdlib.h>\n"
                                 "int run(int n) { return rand() + atoi(getenv(\"PATH\")) + n; }\n";

START_TEST(test_every_instruction_of_late_binding_has_libunwinds_frames)
{
    char path[128];
    plugin_build("late", late_bound);
    plugin_path("late", path);
    void *library = dlopen(path, RTLD_LAZY);
    ck_assert_ptr_nonnull(library);
    int (*run)(int) = (int (*)(int))(uintptr_t)dlsym(library, "run");
    cache = probe_start();
    use_alternate_stack();
    handle(SIGTRAP, SA_ONSTACK);
    set_trap_flag(true);
    sink = run(-3);
    sink = run(-4);
    set_trap_flag(false);
    ck_assert_int_gt(captures, 300);
    ck_assert_int_eq(failures, 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_handlers_have_libunwinds_frames);
    tcase_add_test(tests, test_handlers_on_an_alternate_stack_have_libunwinds_frames);
    tcase_add_test(tests, test_handlers_within_handlers_have_libunwinds_frames);
    tcase_add_test(tests, test_every_instruction_has_libunwinds_frames);
    tcase_add_test(tests, test_every_instruction_of_late_binding_has_libunwinds_frames);
}

int main(void)
{
    plugin_start();
    return suite_run("stack_signals", add);
}
