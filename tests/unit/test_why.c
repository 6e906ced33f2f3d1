/* inspect/why: the way that is told leads from the right root, and is the shortest. */
#include "inspect/why.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/allocate.h"
#include "inspect/regions.h"
#include "os/io.h"
#include "support/fake_heap.h"
#include "support/suite.h"

enum { BYTES = 64, STACK = FAKE_STACKS + 7 };

static void *volatile root;
static __thread void *thread_local_root;
static struct leak_path path;

static __attribute__((noinline)) void ask_at(fake_block block, size_t offset)
{
    leaks_why_free(&path);
    fake_wipe_frames();
    LEAKS_WHY_HERE(~fake_masked_address(block) + offset, &path);
    ck_assert(!path.failed);
}

static void ask(fake_block block)
{
    ask_at(block, 0);
    ck_assert(path.is_block);
}

static void start(void)
{
    root = NULL;
    fake_clear();
}

static void finish(void)
{
    leaks_why_free(&path);
}

static void assert_step(size_t at, fake_block block, size_t offset)
{
    ck_assert_uint_gt(path.count, at);
    ck_assert_uint_eq(path.steps[at].address, ~fake_masked_address(block));
    ck_assert_uint_eq(path.steps[at].offset, offset);
    ck_assert_uint_eq(path.steps[at].size_bytes, BYTES);
    ck_assert_uint_eq(path.steps[at].alloc_stack, STACK);
}

START_TEST(test_data_of_the_program)
{
    fake_block block = fake_make(BYTES, STACK);
    fake_point((void *)&root, block, 0);
    ask(block);
    ck_assert_int_eq(path.root, ROOT_MODULE);
    ck_assert_uint_eq(path.place, (uintptr_t)&root);
    ck_assert_ptr_nonnull(strstr(path.file, "test_why"));
    ck_assert_uint_gt(path.file_offset, 0);
    ck_assert_uint_eq(path.length, 1);
    assert_step(0, block, 0);
}
END_TEST

START_TEST(test_each_block_on_the_way_tells_where_its_pointer_stands)
{
    fake_block first = fake_make(BYTES, STACK), second = fake_make(BYTES, STACK);
    fake_block last = fake_make(BYTES, STACK);
    fake_point((void *)&root, first, 0);
    fake_link(first, 8, second);
    fake_point((void *)(~fake_masked_address(second) + 24), last, 16);
    ask_at(last, 5);
    ck_assert_uint_eq(path.count, 3);
    assert_step(0, first, 8);
    assert_step(1, second, 24);
    assert_step(2, last, 0);
    ck_assert_uint_eq(path.steps[1].into, 0);
    ck_assert_uint_eq(path.steps[2].into, 16);
}
END_TEST

START_TEST(test_the_shortest_way_is_told)
{
    fake_block at = fake_make(BYTES, STACK), last = fake_make(BYTES, STACK);
    fake_block shortcut = fake_make(BYTES, STACK);
    fake_point((void *)&root, at, 0);
    fake_link(at, 40, shortcut);
    for (int i = 0; i < 50; i++) {
        fake_block next = fake_make(BYTES, STACK);
        fake_link(at, 0, next);
        at = next;
    }
    fake_link(at, 0, last);
    fake_link(shortcut, 16, last);
    ask(last);
    ck_assert_uint_eq(path.length, 3);
    assert_step(1, shortcut, 16);
    assert_step(2, last, 0);
}
END_TEST

START_TEST(test_a_long_way_keeps_its_beginning_and_its_end)
{
    fake_block first = fake_make(BYTES, STACK), at = first;
    fake_point((void *)&root, first, 0);
    for (int i = 1; i < 3000; i++) {
        fake_block next = fake_make(BYTES, STACK);
        fake_link(at, 8, next);
        at = next;
    }
    ask(at);
    ck_assert_uint_eq(path.length, 3000);
    ck_assert_uint_eq(path.count, LEAK_STEPS_MOST);
    assert_step(0, first, 8);
    assert_step(LEAK_STEPS_MOST - 2, first + LEAK_STEPS_MOST - 2, 8);
    assert_step(LEAK_STEPS_MOST - 1, at, 0);
}
END_TEST

START_TEST(test_a_lost_block_has_no_root)
{
    fake_block block = fake_make(BYTES, STACK);
    ask(block);
    ck_assert_int_eq(path.root, ROOT_NONE);
    ck_assert_uint_eq(path.count, 0);
}
END_TEST

START_TEST(test_what_is_no_live_block_is_told_so)
{
    fake_block block = fake_make(BYTES, STACK);
    ask_at(block, BYTES);
    ck_assert(!path.is_block);
    fake_release(block);
    ask_at(block, 0);
    ck_assert(!path.is_block);
    LEAKS_WHY_HERE((uintptr_t)&root, &path);
    ck_assert(!path.failed && !path.is_block);
}
END_TEST

START_TEST(test_a_mapping)
{
    char *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    fake_block block = fake_make(BYTES, STACK);
    fake_point(at + 4104, block, 0);
    ask(block);
    ck_assert_int_eq(path.root, ROOT_MAPPING);
    ck_assert_uint_eq(path.place, (uintptr_t)at + 4104);
    ck_assert_str_eq(path.file, "");
    munmap(at, 8192);
}
END_TEST

START_TEST(test_a_declared_region)
{
    fake_block region = fake_make(BYTES, STACK), block = fake_make(BYTES, STACK);
    fake_link(region, 8, block);
    ck_assert(roots_add_region((void *)~fake_masked_address(region), 32));
    ask(block);
    ck_assert_int_eq(path.root, ROOT_REGION);
    ck_assert_uint_eq(path.place, ~fake_masked_address(region) + 8);
    ck_assert_uint_eq(path.length, 1);
    ck_assert(roots_remove_region((void *)~fake_masked_address(region), 32));
}
END_TEST

START_TEST(test_an_ignored_block)
{
    fake_block block = fake_make(BYTES, STACK), next = fake_make(BYTES, STACK);
    fake_link(block, 8, next);
    ck_assert(block_ignore(~fake_masked_address(block)));
    ask(next);
    ck_assert_int_eq(path.root, ROOT_KEPT);
    ck_assert_uint_eq(path.place, 0);
    assert_step(0, block, 8);
    assert_step(1, next, 0);
}
END_TEST

START_TEST(test_own_thread_local_storage)
{
    fake_block block = fake_make(BYTES, STACK);
    fake_point(&thread_local_root, block, 0);
    ask(block);
    ck_assert_int_eq(path.root, ROOT_TLS);
    ck_assert_int_eq(path.tid, os_tid());
    ck_assert_uint_eq(path.place, (uintptr_t)&thread_local_root);
    thread_local_root = NULL;
}
END_TEST

START_TEST(test_own_frames_come_last)
{
    void *volatile here = NULL;
    fake_block block = fake_make(BYTES, STACK), next = fake_make(BYTES, STACK);
    fake_link(next, 0, block);
    fake_point((void *)&here, block, 0);
    fake_point((void *)&root, next, 0);
    ask(block);
    ck_assert_int_eq(path.root, ROOT_MODULE);
    root = NULL;
    ask(block);
    ck_assert_int_eq(path.root, ROOT_STACK);
    ck_assert_int_eq(path.tid, os_tid());
    ck_assert_uint_eq(path.place, (uintptr_t)&here);
    here = NULL;
}
END_TEST

enum holding { IN_FRAME, IN_TLS, IN_REGISTER };

static struct {
    enum holding where;
    fake_block block;
    atomic_int tid, done;
    void *volatile *place;
} holder;

static void *hold(void *unused)
{
    void *volatile here = NULL;
    register uintptr_t held __asm__("r13") = 0;
    if (holder.where == IN_FRAME) {
        fake_point((void *)&here, holder.block, 0);
        holder.place = &here;
    } else if (holder.where == IN_TLS) {
        fake_point(&thread_local_root, holder.block, 0);
        holder.place = &thread_local_root;
    } else {
        held = ~fake_masked_address(holder.block);
    }
    __asm__ volatile("" : "+r"(held));
    atomic_store(&holder.tid, os_tid());
    do {
        __asm__ volatile("pause" : "+r"(held));
    } while (!atomic_load_explicit(&holder.done, memory_order_relaxed));
    return unused;
}

START_TEST(test_another_thread)
{
    static const enum leak_root roots[] = {
        [IN_FRAME] = ROOT_STACK, [IN_TLS] = ROOT_TLS, [IN_REGISTER] = ROOT_REGISTERS};
    pthread_t thread;
    holder.where = (enum holding)_i;
    holder.block = fake_make(BYTES, STACK);
    ck_assert_int_eq(pthread_create(&thread, NULL, hold, NULL), 0);
    while (!atomic_load(&holder.tid)) {
        sched_yield();
    }
    ask(holder.block);
    atomic_store(&holder.done, 1);
    pthread_join(thread, NULL);
    ck_assert_int_eq(path.root, roots[_i]);
    ck_assert_int_eq(path.tid, holder.tid);
    ck_assert_uint_eq(path.place, (uintptr_t)holder.place);
    if (_i == IN_FRAME) {
        ck_assert_uint_eq(path.offset, path.place - path.stack_pointer);
        ck_assert_uint_lt(path.offset, 4096);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, finish);
    tcase_add_test(all, test_data_of_the_program);
    tcase_add_test(all, test_each_block_on_the_way_tells_where_its_pointer_stands);
    tcase_add_test(all, test_the_shortest_way_is_told);
    tcase_add_test(all, test_a_long_way_keeps_its_beginning_and_its_end);
    tcase_add_test(all, test_a_lost_block_has_no_root);
    tcase_add_test(all, test_what_is_no_live_block_is_told_so);
    tcase_add_test(all, test_a_mapping);
    tcase_add_test(all, test_a_declared_region);
    tcase_add_test(all, test_an_ignored_block);
    tcase_add_test(all, test_own_thread_local_storage);
    tcase_add_test(all, test_own_frames_come_last);
    tcase_add_loop_test(all, test_another_thread, IN_FRAME, IN_REGISTER + 1);
}

int main(void)
{
    return suite_run("why", add);
}
