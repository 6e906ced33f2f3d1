/* inspect/address: what an address is, without reading there. */
#include "inspect/address.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/thread_names.h"
#include "os/io.h"
#include "os/own.h"
#include "support/suite.h"

static char of_bss[64];
static char of_data[64] = "data";
static const char of_rodata[64] = "constant";
static char self[4096];

static const char *describe(const void *address)
{
    static char room[4096 + 64];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    address_describe(&out, (uintptr_t)address);
    return room;
}

static void expect(const void *address, const char *words)
{
    ck_assert_str_eq(describe(address), words);
}

static void expect_section(const void *address, const char *section)
{
    char words[4096 + 64];
    snprintf(words, sizeof words, "in %s of module %s", section, self);
    expect(address, words);
}

START_TEST(test_sections_of_the_program)
{
    ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
    expect_section(of_bss + 5, ".bss");
    expect_section(of_data + 5, ".data");
    expect_section(of_rodata + 5, ".rodata");
    expect_section((const void *)(uintptr_t)describe, ".text");
}
END_TEST

START_TEST(test_section_of_a_library)
{
    const char *words = describe(stdout);
    ck_assert_msg(strncmp(words, "in .data of module /", 20) == 0 && strstr(words, "libc.so.6"),
                  "%s", words);
}
END_TEST

START_TEST(test_stack_of_this_thread)
{
    char here[16] = "x";
    expect(here, "in the stack of this thread");
}
END_TEST

static sem_t ready, done;
static char *stack_of_other;
static int tid_of_other;
static uint16_t number_of_other;

static void *other_thread(void *unused)
{
    char here[16];
    stack_of_other = here;
    tid_of_other = os_tid();
    number_of_other = thread_name_register();
    pthread_setname_np(pthread_self(), "sleeper");
    sem_post(&ready);
    sem_wait(&done);
    return unused;
}

START_TEST(test_stack_of_a_waiting_thread)
{
    pthread_t thread;
    sem_init(&ready, 0, 0);
    sem_init(&done, 0, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, NULL), 0);
    sem_wait(&ready);
    char words[64];
    snprintf(words, sizeof words, "in the stack of thread %d (sleeper)", tid_of_other);
    for (int i = 0; i < 200 && strcmp(describe(stack_of_other), words) != 0; i++) {
        usleep(10000); /* it may not sleep yet */
    }
    expect(stack_of_other, words);
    sem_post(&done);
    pthread_join(thread, NULL);
}
END_TEST

static void *look_at(void *address)
{
    expect(address, "in the stack of the main thread");
    return NULL;
}

START_TEST(test_main_stack_seen_from_another_thread)
{
    char here[16] = "x";
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, look_at, here), 0);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(test_mappings)
{
    char *anonymous = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(anonymous + 100, "in an anonymous mapping"); /* no access: a look would die */
    munmap(anonymous, 8192);
    expect(anonymous + 100, "not mapped");
    int fd = open("/etc/passwd", O_RDONLY);
    char *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    expect(file + 1, "in memory mapped from /etc/passwd");
    expect((char *)sbrk(4096) + 1, "in memory from brk or sbrk");
}
END_TEST

START_TEST(test_values_that_are_no_addresses)
{
    expect((void *)1, "the value 1, no address");
    expect((void *)4095, "the value 4095, no address");
    expect((void *)UINTPTR_MAX, "not mapped");
    expect((void *)0x800000000000, "not mapped"); /* not canonical */
}
END_TEST

START_TEST(test_our_own_records)
{
    expect(own_alloc(64), "in the allocator's own records");
}
END_TEST

START_TEST(test_descriptors_do_not_leak)
{
    int before = dup(0);
    close(before);
    for (int i = 0; i < 10; i++) {
        describe(of_data);
        describe(stdout);
        describe((void *)0xdeadbeef000);
    }
    int after = dup(0);
    close(after);
    ck_assert_int_eq(before, after);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_sections_of_the_program);
    tcase_add_test(all, test_section_of_a_library);
    tcase_add_test(all, test_stack_of_this_thread);
    tcase_add_test(all, test_stack_of_a_waiting_thread);
    tcase_add_test(all, test_main_stack_seen_from_another_thread);
    tcase_add_test(all, test_mappings);
    tcase_add_test(all, test_values_that_are_no_addresses);
    tcase_add_test(all, test_our_own_records);
    tcase_add_test(all, test_descriptors_do_not_leak);
}

int main(void)
{
    return suite_run("address", add);
}
