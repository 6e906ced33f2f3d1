/* os/segv_mask: SIGSEGV is never blocked in the kernel, and looks blocked all the same. */
#include "os/segv_mask.h"

#include <check.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "support/suite.h"

static const uint64_t segv = UINT64_C(1) << (SIGSEGV - 1), term = UINT64_C(1) << (SIGTERM - 1);

/* As the kernel has it: the C library's function translates nothing here. */
static bool kernel_blocks(int number)
{
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, number);
}

static uint64_t program_mask(void)
{
    uint64_t mask;
    ck_assert_int_eq(segv_mask_change(SIG_BLOCK, NULL, &mask), 0);
    return mask;
}

START_TEST(test_masks_pass_unchanged_before_the_start)
{
    uint64_t all = UINT64_MAX;
    ck_assert(segv_mask_to_kernel(all) == all && segv_mask_to_program(segv) == segv);
    ck_assert(segv_mask_blocks(segv) && !segv_mask_blocks(~segv));
}
END_TEST

START_TEST(test_what_is_blocked_reads_back_and_is_not)
{
    segv_mask_start();
    uint64_t wanted = segv | term, before;
    ck_assert_int_eq(segv_mask_change(SIG_SETMASK, &wanted, &before), 0);
    ck_assert(!(before & segv) && !kernel_blocks(SIGSEGV) && kernel_blocks(SIGTERM));
    ck_assert((program_mask() & wanted) == wanted);
    ck_assert_int_eq(segv_mask_change(SIG_UNBLOCK, &segv, &before), 0);
    ck_assert((before & segv) && !(program_mask() & segv) && (program_mask() & term));
    ck_assert_int_ne(segv_mask_change(99, &wanted, NULL), 0);
}
END_TEST

START_TEST(test_the_mask_of_the_start_is_kept)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    segv_mask_start();
    ck_assert(!kernel_blocks(SIGSEGV) && (program_mask() & segv));
}
END_TEST

/* A program that blocked SIGSTKFLT, and nothing else, before we came. */
START_TEST(test_the_stand_ins_own_bit_is_not_taken_for_it)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSTKFLT);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    segv_mask_start();
    ck_assert(!(program_mask() & segv));
}
END_TEST

START_TEST(test_a_jump_takes_it_along)
{
    sigjmp_buf place;
    segv_mask_start();
    if (sigsetjmp(place, 1) == 0) {
        ck_assert_int_eq(segv_mask_change(SIG_BLOCK, &segv, NULL), 0);
        siglongjmp(place, 1);
    }
    ck_assert(!(program_mask() & segv));
}
END_TEST

static void *settle(void *unused)
{
    segv_mask_settle();
    ck_assert(!kernel_blocks(SIGSEGV) && (program_mask() & segv) && (program_mask() & term));
    return unused;
}

START_TEST(test_a_mask_that_came_behind_our_back_is_set_right)
{
    segv_mask_start();
    sigset_t all;
    sigfillset(&all);
    pthread_t thread;
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, settle, NULL), 0);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(test_another_program_gets_the_mask_as_it_looks)
{
    segv_mask_start();
    segv_mask_reveal();
    ck_assert(!kernel_blocks(SIGSEGV));
    ck_assert_int_eq(segv_mask_change(SIG_BLOCK, &segv, NULL), 0);
    segv_mask_reveal();
    ck_assert(kernel_blocks(SIGSEGV));
    segv_mask_conceal();
    ck_assert(!kernel_blocks(SIGSEGV) && (program_mask() & segv));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_masks_pass_unchanged_before_the_start);
    tcase_add_test(tests, test_what_is_blocked_reads_back_and_is_not);
    tcase_add_test(tests, test_the_mask_of_the_start_is_kept);
    tcase_add_test(tests, test_the_stand_ins_own_bit_is_not_taken_for_it);
    tcase_add_test(tests, test_a_jump_takes_it_along);
    tcase_add_test(tests, test_a_mask_that_came_behind_our_back_is_set_right);
    tcase_add_test(tests, test_another_program_gets_the_mask_as_it_looks);
}

int main(void)
{
    return suite_run("segv_mask", add);
}
