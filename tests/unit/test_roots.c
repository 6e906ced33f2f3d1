/* inspect/roots: where a pointer may stand so that it keeps a block alive, and where not. */
#include "inspect/roots.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/thread_names.h"
#include "inspect/leaks.h"
#include "os/clock.h"
#include "support/fake_heap.h"
#include "support/suite.h"

enum { BYTES = 64, STACK = FAKE_STACKS + 7, PAGE = 4096 };

static struct leak_report report;
static fake_block block;
static __thread void *thread_local_root;

static __attribute__((noinline)) void find(void)
{
    fake_wipe_frames();
    struct leak_query query = {0};
    LEAKS_FIND_HERE(&query, &report);
}

static void assert_kept(void)
{
    find();
    ck_assert(!report.failed);
    ck_assert_uint_eq(report.count, 0);
}

static void assert_leaked(void)
{
    find();
    ck_assert(!report.failed);
    ck_assert_uint_eq(report.blocks, 1);
}

static void start(void)
{
    fake_clear();
    block = fake_make(BYTES, STACK);
}

static void finish(void)
{
    leaks_free(&report);
}

static char *map_pages(size_t pages, int flags)
{
    char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    return at;
}

START_TEST(test_a_mapping_keeps_blocks_also_when_made_read_only)
{
    char *at = map_pages(3, MAP_PRIVATE);
    fake_point(at + PAGE + 8, block, 0);
    assert_kept();
    ck_assert_int_eq(mprotect(at, 3 * PAGE, PROT_READ), 0);
    assert_kept();
    ck_assert_int_eq(munmap(at, 3 * PAGE), 0);
    assert_leaked();
}
END_TEST

START_TEST(test_an_unaligned_word_keeps_nothing)
{
    char *at = map_pages(1, MAP_PRIVATE);
    fake_point(at, block, 0);
    memmove(at + 4, at, sizeof(uintptr_t));
    memset(at, 0, 4);
    FAKE_FORGET();
    assert_leaked();
    munmap(at, PAGE);
}
END_TEST

START_TEST(test_shared_memory_keeps_blocks)
{
    char *at = map_pages(1, MAP_SHARED);
    fake_point(at, block, 0);
    assert_kept();
    munmap(at, PAGE);
}
END_TEST

START_TEST(test_a_written_page_of_a_private_file_keeps_blocks)
{
    char path[] = "/tmp/coalmine-roots-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    ck_assert_int_eq(ftruncate(fd, 2 * PAGE), 0);
    char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    fake_point(at + PAGE, block, 0);
    assert_kept();
    ck_assert_int_eq(ftruncate(fd, 0), 0); /* from now on it faults */
    find();
    ck_assert(!report.failed);
    munmap(at, 2 * PAGE);
    close(fd);
}
END_TEST

START_TEST(test_terabytes_hardly_used_take_no_time)
{
    size_t bytes = (size_t)64 << 30;
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    fake_point(at + bytes / 2, block, 0);
    uint64_t before_ms = os_clock_ms();
    assert_kept();
    ck_assert_uint_lt(os_clock_ms() - before_ms, 1500);
    munmap(at, bytes);
}
END_TEST

START_TEST(test_thread_local_storage_keeps_blocks)
{
    fake_point(&thread_local_root, block, 0);
    assert_kept();
    thread_local_root = NULL;
    assert_leaked();
}
END_TEST

START_TEST(test_the_stack_of_the_caller_keeps_blocks)
{
    void *volatile here;
    fake_point((void *)&here, block, 0);
    assert_kept();
    here = NULL;
    assert_leaked();
}
END_TEST

/* The only copy is in a register that functions keep for their callers. */
static __attribute__((noinline)) void find_with_register(void)
{
    register uintptr_t held __asm__("r14") = ~fake_masked_address(block);
    __asm__ volatile("" : "+r"(held));
    find();
    __asm__ volatile("" : "+r"(held));
    held = 0;
    __asm__ volatile("" : "+r"(held));
}

START_TEST(test_a_register_of_the_caller_keeps_blocks)
{
    find_with_register();
    ck_assert_uint_eq(report.count, 0);
    assert_leaked();
}
END_TEST

START_TEST(test_an_alternate_signal_stack_keeps_blocks)
{
    fake_block stack = fake_make(32768, STACK);
    fake_link(stack, 1024, block);
    stack_t alternate = {.ss_sp = (void *)~fake_masked_address(stack), .ss_size = 32768};
    ck_assert_int_eq(sigaltstack(&alternate, NULL), 0);
    alternate.ss_sp = NULL;
    assert_kept();
    stack_t none = {.ss_flags = SS_DISABLE};
    ck_assert_int_eq(sigaltstack(&none, NULL), 0);
    find();
    ck_assert_uint_eq(report.blocks, 1);
    ck_assert_uint_eq(report.indirect_blocks, 1);
}
END_TEST

/* Another thread, which holds the pointer in one of several ways until told to end. */
enum holding { IN_FRAME, IN_TLS, IN_REGISTER, IN_VECTOR, BELOW_FRAMES, BLOCKING_SIGNALS };

struct holder {
    pthread_t thread;
    enum holding where;
    atomic_int ready, done;
};

static __attribute__((noinline)) void leave_behind(void)
{
    void *volatile deep[64];
    for (int i = 0; i < 32; i++) { /* the upper ones may end up in the caller's red zone */
        fake_point((void *)&deep[i], block, 0);
    }
}

static void wait_in_register(struct holder *holder)
{
    register uintptr_t held __asm__("r13") = ~fake_masked_address(block);
    atomic_store(&holder->ready, 1);
    do {
        __asm__ volatile("pause" : "+r"(held));
    } while (!atomic_load_explicit(&holder->done, memory_order_relaxed));
}

static void wait_in_vector(struct holder *holder)
{
    uintptr_t masked = fake_masked_address(block);
    __asm__ volatile("notq %0\n\tmovq %0, %%xmm9\n\txorl %k0, %k0\n\tmovl $1, %1\n"
                     "1:\tpause\n\tcmpl $0, %2\n\tje 1b"
                     : "+r"(masked), "=m"(holder->ready)
                     : "m"(holder->done)
                     : "xmm9", "cc", "memory");
}

static void wait_plainly(struct holder *holder)
{
    fake_wipe_frames();
    if (holder->where == BELOW_FRAMES) {
        leave_behind();
    }
    atomic_store(&holder->ready, 1);
    while (!atomic_load(&holder->done)) {
        __asm__ volatile("pause");
    }
}

static void *hold(void *context)
{
    struct holder *holder = context;
    void *volatile here = NULL;
    if (holder->where == IN_FRAME || holder->where == BLOCKING_SIGNALS) {
        fake_point((void *)&here, block, 0);
    } else if (holder->where == IN_TLS) {
        fake_point(&thread_local_root, block, 0);
    }
    if (holder->where == BLOCKING_SIGNALS) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, NULL);
    }
    if (holder->where == IN_REGISTER) {
        wait_in_register(holder);
    } else if (holder->where == IN_VECTOR) {
        wait_in_vector(holder);
    } else {
        wait_plainly(holder);
    }
    return NULL;
}

static void start_holder(struct holder *holder, enum holding where)
{
    *holder = (struct holder){.where = where};
    ck_assert_int_eq(pthread_create(&holder->thread, NULL, hold, holder), 0);
    while (!atomic_load(&holder->ready)) {
        sched_yield();
    }
}

static void end_holder(struct holder *holder)
{
    atomic_store(&holder->done, 1);
    pthread_join(holder->thread, NULL);
}

START_TEST(test_a_running_thread_keeps_blocks)
{
    struct holder holder;
    start_holder(&holder, (enum holding)_i);
    find();
    end_holder(&holder);
    ck_assert_uint_eq(report.count, 0);
    ck_assert_uint_eq(report.threads_unstopped, 0);
}
END_TEST

START_TEST(test_what_is_below_a_stopped_threads_frames_keeps_nothing)
{
    struct holder holder;
    start_holder(&holder, BELOW_FRAMES);
    find();
    end_holder(&holder);
    ck_assert_uint_eq(report.blocks, 1);
}
END_TEST

START_TEST(test_a_thread_that_cannot_be_stopped_is_told_and_its_stack_keeps_blocks)
{
    struct holder holder;
    start_holder(&holder, BLOCKING_SIGNALS);
    uint64_t before_ms = os_clock_ms();
    find();
    ck_assert_uint_lt(os_clock_ms() - before_ms, 400);
    end_holder(&holder);
    ck_assert_uint_eq(report.count, 0);
    ck_assert_uint_eq(report.threads_unstopped, 1);
}
END_TEST

static void *end_with_pointers(void *unused)
{
    uint16_t number = thread_name_register();
    fake_point(&thread_local_root, block, 0);
    leave_behind();
    thread_name_keep(number);
    return unused;
}

START_TEST(test_the_stack_of_an_ended_thread_keeps_nothing)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, end_with_pointers, NULL), 0);
    pthread_join(thread, NULL);
    assert_leaked();
}
END_TEST

/* In a child that sees another, empty /proc. */
static int without_proc(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 && unshare(CLONE_NEWNS) != 0) {
        return 77;
    }
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0) {
        return 77;
    }
    void *volatile here;
    fake_point((void *)&here, block, 0);
    find();
    bool kept = report.count == 0;
    here = NULL;
    fake_point(&thread_local_root, block, 0);
    find();
    kept = kept && report.count == 0;
    thread_local_root = NULL;
    find();
    return kept && report.unscanned_mappings && !report.failed && report.blocks == 1 ? 0 : 1;
}

START_TEST(test_without_proc_modules_and_the_callers_stack_are_scanned)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(without_proc());
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) != 77) { /* 77: not allowed to make such a child here */
        ck_assert_int_eq(WEXITSTATUS(status), 0);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, finish);
    tcase_add_test(all, test_a_mapping_keeps_blocks_also_when_made_read_only);
    tcase_add_test(all, test_an_unaligned_word_keeps_nothing);
    tcase_add_test(all, test_shared_memory_keeps_blocks);
    tcase_add_test(all, test_a_written_page_of_a_private_file_keeps_blocks);
    tcase_add_test(all, test_terabytes_hardly_used_take_no_time);
    tcase_add_test(all, test_thread_local_storage_keeps_blocks);
    tcase_add_test(all, test_the_stack_of_the_caller_keeps_blocks);
    tcase_add_test(all, test_a_register_of_the_caller_keeps_blocks);
    tcase_add_test(all, test_an_alternate_signal_stack_keeps_blocks);
    tcase_add_loop_test(all, test_a_running_thread_keeps_blocks, IN_FRAME, IN_VECTOR + 1);
    tcase_add_test(all, test_what_is_below_a_stopped_threads_frames_keeps_nothing);
    tcase_add_test(all, test_a_thread_that_cannot_be_stopped_is_told_and_its_stack_keeps_blocks);
    tcase_add_test(all, test_the_stack_of_an_ended_thread_keeps_nothing);
    tcase_add_test(all, test_without_proc_modules_and_the_callers_stack_are_scanned);
}

int main(void)
{
    return suite_run("roots", add);
}
