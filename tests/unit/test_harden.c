/* A heap that hardens: chance in placement and reuse, zeros in fresh and freed memory, guards by
 * count, and the checks of any heap. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc/guarded.h"
#include "alloc/hardened.h"
#include "alloc/stats.h"
#include "os/clock.h"
#include "support/live_heap.h"
#include "support/suite.h"

static struct heap_config hardened(void)
{
    struct heap_config config = live_heap_usual();
    config.hardens = true;
    config.free_stacks = false;
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 64 * 1024;
    return config;
}

static bool is_zero(const unsigned char *block, size_t size)
{
    size_t at = 0;
    while (at < size && block[at] == 0) {
        at++;
    }
    return at == size;
}

START_TEST(test_fresh_memory_is_zero_whatever_was_there)
{
    live_heap_start_with(hardened());
    for (size_t round = 0; round < 20000; round++) {
        size_t size = 1 + round * 37 % 700;
        unsigned char *block = round % 9 == 0 ? take_aligned(size, 128) : take(size);
        ck_assert(is_zero(block, size));
        memset(block, 'x', size);
        block = resize(block, size + 40);
        ck_assert(is_zero(block + size, 40));
        give(block);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_freed_memory_keeps_nothing)
{
    live_heap_start_with(hardened());
    unsigned char *block = take(100);
    memset(block, 'x', 100);
    give(block);
    ck_assert(is_zero(block, 104)); /* a slot of 112 without its last word */
}
END_TEST

START_TEST(test_neighbours_in_time_are_none_in_space)
{
    live_heap_start_with(hardened());
    enum { COUNT = 500 };
    unsigned in_order = 0;
    unsigned char *last = take(40);
    for (int i = 0; i < COUNT; i++) {
        unsigned char *next = take(40);
        in_order += next == last + 48;
        last = next;
    }
    ck_assert_uint_lt(in_order, COUNT / 10);
}
END_TEST

START_TEST(test_freed_slots_come_back_in_no_order)
{
    live_heap_start_with(hardened());
    enum { COUNT = 4000 };
    static void *freed[COUNT];
    for (int i = 0; i < COUNT; i++) {
        freed[i] = take(40);
    }
    for (int i = 0; i < COUNT; i++) {
        give(freed[i]);
    }
    unsigned in_order = 0;
    int last = 0;
    for (int i = 0; i < 500; i++) {
        const void *block = take(40);
        for (int at = 0; at < COUNT; at++) {
            if (freed[at] == block) {
                in_order += at == last + 1;
                last = at;
            }
        }
    }
    ck_assert_uint_lt(in_order, 100);
}
END_TEST

START_TEST(test_no_slot_comes_back_before_others_were_freed)
{
    live_heap_start_with(hardened());
    for (int i = 0; i < 2000; i++) {
        give(take(40)); /* the quarantine is full */
    }
    for (int round = 0; round < 100; round++) {
        void *block = take(40);
        give(block);
        for (int i = 0; i < 200; i++) {
            void *other = take(40);
            ck_assert_ptr_ne(other, block);
            give(other);
        }
    }
}
END_TEST

START_TEST(test_every_gap_is_canary_however_slots_were_chosen)
{
    static const size_t sizes[] = {1, 8, 24, 40, 100, 1000, 5000, 30000};
    live_heap_start_with(hardened());
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size = sizes[i];
        for (int block = 0; block < 40; block++) {
            forget_found();
            unsigned char *over = take(size), *under = take(size);
            over[size] ^= 1;
            give(over);
            ck_assert_uint_eq(found_of(FINDING_OVERFLOW), 1);
            under[-1] ^= 1;
            give(under);
            ck_assert_uint_eq(found_of(FINDING_UNDERFLOW), 1);
            ck_assert_uint_eq(found(), 2);
        }
    }
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_a_late_write_is_found_at_reuse)
{
    live_heap_start_with(hardened());
    unsigned char *block = take(40);
    give(block);
    block[39] = 1;
    for (int i = 0; i < 20000 && found() == 0; i++) {
        give(take(40));
    }
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_USE_AFTER_FREE);
    ck_assert_int_eq(finding.offset, 39);
    ck_assert_uint_eq(finding.block.size_bytes, 40);
}
END_TEST

START_TEST(test_a_late_write_behind_the_block_is_found_too)
{
    live_heap_start_with(hardened());
    unsigned char *block = take(36);
    give(block);
    block[37] = 1; /* no canary any more */
    ck_assert_uint_eq(check_all(), 1);
    ck_assert_int_eq(found_only().kind, FINDING_USE_AFTER_FREE);
}
END_TEST

START_TEST(test_what_is_told_of_a_late_write_is_not_handed_out)
{
    live_heap_start_with(hardened());
    unsigned char *block = take(40);
    give(block);
    memset(block, 'x', 48); /* the canary at its end as well */
    unsigned char *next = NULL;
    for (int i = 0; i < 20000 && next != block; i++) {
        next = take(40);
        ck_assert(is_zero(next, 40));
        give(next);
    }
    ck_assert_ptr_eq(next, block);
    ck_assert_uint_ge(found_of(FINDING_USE_AFTER_FREE), 1);
    unsigned long told = found();
    ck_assert_uint_eq(check_all(), 0);
    ck_assert_uint_eq(found(), told);
}
END_TEST

START_TEST(test_a_release_that_does_not_fit_is_told_whatever_the_size)
{
    static const size_t sizes[] = {0, 1, 8, 24, 100, 520, 521, 2056, 2057, 9000};
    live_heap_start_with(hardened());
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size = sizes[i];
        forget_found();
        give_by(API_DELETE, take(size));
        ck_assert_int_eq(found_only().kind, FINDING_MISMATCH);
        forget_found();
        give_as((struct release){.function = API_DELETE, .has_size = true, .size = size + 1},
                take_by(API_NEW, size, ANY_ALIGNMENT));
        ck_assert_int_eq(found_only().kind, FINDING_MISMATCH);
        forget_found();
        give_as((struct release){.function = API_DELETE, .has_size = true, .size = size},
                take_by(API_NEW, size, ANY_ALIGNMENT));
        ck_assert_uint_eq(found(), 0);
        unsigned char *block = take(size);
        give(block + 8);
        ck_assert_int_eq(found_only().kind, FINDING_INVALID_FREE);
        forget_found();
        give(block);
        give(block);
        ck_assert_int_eq(found_only().kind, FINDING_DOUBLE_FREE);
    }
}
END_TEST

START_TEST(test_every_size_has_its_canaries)
{
    live_heap_start_with(hardened());
    for (size_t size = 0; size < 2200; size++) {
        unsigned char *block = take(size);
        for (size_t at = size; at < size + 8; at++) {
            ck_assert_uint_ge(block[at], 0x80);
        }
        block[size] = (unsigned char)(block[size] ^ 2);
        give(block);
        ck_assert_uint_eq(found_of(FINDING_OVERFLOW), 1);
        forget_found();
    }
}
END_TEST

START_TEST(test_wide_redzones_and_heaps_without_fill_go_the_general_way)
{
    struct heap_config config = hardened();
    config.redzone_bytes = 4096;
    live_heap_start_with(config);
    ck_assert(!hardened_may_allocate(1) && !hardened_may_release());
    unsigned char *block = take(100);
    block[4000] ^= 2;
    give(block);
    ck_assert_int_eq(found_only().kind, FINDING_OVERFLOW);
}
END_TEST

START_TEST(test_figures_count_each_release)
{
    live_heap_start_with(hardened());
    struct heap_stats before = heap_stats();
    for (unsigned i = 1; i < 50; i++) {
        void *block = take(100);
        ck_assert_uint_eq(heap_stats().live_bytes - before.live_bytes, 100);
        give(block);
        struct heap_stats now = heap_stats();
        ck_assert_uint_eq(now.allocations - before.allocations, i);
        ck_assert_uint_eq(now.frees - before.frees, i);
        ck_assert_uint_eq(now.live_blocks, before.live_blocks);
        ck_assert_uint_eq(now.live_bytes, before.live_bytes);
    }
}
END_TEST

/* From now on the system refuses what closes pages. */
static bool refuse_to_close(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
    };
    struct sock_fprog filter = {sizeof steps / sizeof steps[0], steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

START_TEST(test_a_guarded_block_that_stays_open_is_zero_and_looked_at)
{
    struct heap_config config = hardened();
    config.guards_best = GUARDS_MADVISE;
    config.guard = GUARD_ALL;
    live_heap_start_with(config);
    unsigned char *clean = NULL, *written = NULL;
    while (guarded_counts().guarded < 2) {
        clean = written;
        written = take(100);
        ck_assert_uint_eq(guarded_counts().unguarded, 0);
    }
    memset(clean, 'x', 100);
    memset(written, 'x', 100);
    if (!refuse_to_close()) {
        return; /* no filters here */
    }
    give(clean);
    give(written);
    ck_assert(is_zero(clean, 100));
    ck_assert_uint_eq(check_all(), 0);
    written[50] = 'y';
    ck_assert_uint_eq(check_all(), 1);
    struct finding finding = found_only();
    ck_assert_int_eq(finding.kind, FINDING_USE_AFTER_FREE);
    ck_assert_int_eq(finding.offset, 50);
}
END_TEST

START_TEST(test_some_blocks_are_guarded)
{
    struct heap_config config = hardened();
    config.guards_best = GUARDS_MADVISE;
    config.guard = GUARD_SAMPLE;
    config.guard_rate = 50;
    live_heap_start_with(config);
    for (int round = 0; round < 1000 && guarded_counts().guarded <= 2; round++) {
        for (int i = 0; i < 20000; i++) {
            give(take(40));
        }
        os_sleep_us(1000); /* pays for more, should a busy machine have made them dear */
    }
    ck_assert_uint_gt(guarded_counts().guarded, 2);
}
END_TEST

START_TEST(test_no_stack_is_taken)
{
    live_heap_start_with(hardened());
    void *block = resize(take(40), 41);
    ck_assert_uint_eq(info_of(block).alloc_stack, 0);
    give(block);
    ck_assert_uint_eq(info_of(block).free_stack, 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_fresh_memory_is_zero_whatever_was_there);
    tcase_add_test(tests, test_freed_memory_keeps_nothing);
    tcase_add_test(tests, test_neighbours_in_time_are_none_in_space);
    tcase_add_test(tests, test_freed_slots_come_back_in_no_order);
    tcase_add_test(tests, test_no_slot_comes_back_before_others_were_freed);
    tcase_add_test(tests, test_every_gap_is_canary_however_slots_were_chosen);
    tcase_add_test(tests, test_a_late_write_is_found_at_reuse);
    tcase_add_test(tests, test_a_late_write_behind_the_block_is_found_too);
    tcase_add_test(tests, test_what_is_told_of_a_late_write_is_not_handed_out);
    tcase_add_test(tests, test_a_release_that_does_not_fit_is_told_whatever_the_size);
    tcase_add_test(tests, test_every_size_has_its_canaries);
    tcase_add_test(tests, test_wide_redzones_and_heaps_without_fill_go_the_general_way);
    tcase_add_test(tests, test_figures_count_each_release);
    tcase_add_test(tests, test_a_guarded_block_that_stays_open_is_zero_and_looked_at);
    tcase_add_test(tests, test_some_blocks_are_guarded);
    tcase_add_test(tests, test_no_stack_is_taken);
}

int main(void)
{
    return suite_run("harden", add);
}
