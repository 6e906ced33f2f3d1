/* report/symbols, report/namer, os/helper: names asked of a helper process that the program does
 * not notice. */
#include "report/symbols.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/namer.h"
#include "support/suite.h"

static char directory[] = "/tmp/coalmine-symbols-XXXXXX";
static char variable[128];
static struct module *module;

/* A module at "/lib/odd name%.so" with a build id of one byte. */
static void make_module(void)
{
    static const char path[] = "/lib/odd name%.so";
    module = calloc(1, sizeof *module + sizeof path);
    module->build_id[0] = 0xab;
    module->build_id_length = 1;
    memcpy(module->path, path, sizeof path);
}

/* Makes `script` the helper. */
static void use_helper(const char *script)
{
    ck_assert_ptr_nonnull(mkdtemp(directory));
    char path[64];
    snprintf(path, sizeof path, "%s/helper", directory);
    FILE *file = fopen(path, "w");
    fputs("#!/bin/sh\n", file);
    fputs(script, file);
    fclose(file);
    chmod(path, 0755);
    snprintf(variable, sizeof variable, "COALMINE_HELPER=%s", path);
    static char preload[] = "LD_PRELOAD=none.so", home[] = "HOME=/there";
    char *environment[] = {preload, variable, home, NULL};
    namer_start(environment);
    symbols_enable(true);
    make_module();
}

static void remove_files(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (strstr(directory, "XXXXXX") == NULL && system(command) != 0) {
        abort();
    }
}

static const char echo_all[] =
    "while read n path offset id; do\n"
    "printf '%s in %s\\tinner.c\\t3\\t1\\t_Zin\\n' $n \"$path\"\n"
    "printf '%s at %s %s %s%s\\t\\t\\t0\\n' $n $offset $id \"$LD_PRELOAD\" \"$HOME\"\n"
    "printf '%s .\\n' $n\n"
    "done\n";

START_TEST(test_answers_name_inlined_calls_and_reach_the_right_address)
{
    use_helper(echo_all);
    for (uint64_t offset = 1; offset <= 1000; offset++) {
        symbols_want(module, offset * 16);
        symbols_want(module, offset * 16);
    }
    symbols_fetch();
    for (uint64_t offset = 1; offset <= 1000; offset++) {
        const struct symbol_lines *lines = symbols_find(module, offset * 16);
        ck_assert_ptr_nonnull(lines);
        ck_assert_uint_eq(lines->count, 2);
        ck_assert_str_eq(lines->lines[0].function, "in /lib/odd%20name%25.so");
        ck_assert_str_eq(lines->lines[0].file, "inner.c");
        ck_assert_uint_eq(lines->lines[0].line, 3);
        ck_assert(lines->lines[0].inlined);
        ck_assert_str_eq(lines->lines[0].linkage, "_Zin");
        ck_assert_ptr_null(lines->lines[1].linkage);
        char expected[64];
        snprintf(expected, sizeof expected, "at %lx ab /there", (unsigned long)offset * 16);
        ck_assert_str_eq(lines->lines[1].function, expected);
        ck_assert_ptr_null(lines->lines[1].file);
        ck_assert_uint_eq(lines->lines[1].line, 0);
        ck_assert(!lines->lines[1].inlined);
    }
    ck_assert_ptr_null(symbols_find(module, 17));
    struct strbuf out;
    char room[8];
    strbuf_init(&out, room, sizeof room);
    ck_assert(!symbols_describe_failure(&out));
}
END_TEST

static int count_descriptors(void)
{
    DIR *all = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(all)) {
        count++;
    }
    closedir(all);
    return count;
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void ask_unnoticed(void)
{
    signal(SIGCHLD, count_signal);
    signal(SIGPIPE, count_signal);
    int descriptors = count_descriptors();
    symbols_want(module, 64);
    errno = ERANGE;
    symbols_fetch();
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(signals, 0);
    ck_assert_int_eq(count_descriptors(), descriptors);
}

START_TEST(test_program_sees_no_child_no_signal_no_descriptor)
{
    use_helper(echo_all);
    ask_unnoticed();
    ck_assert_ptr_nonnull(symbols_find(module, 64));
}
END_TEST

START_TEST(test_program_that_adopts_orphans_does_not_get_ours)
{
    use_helper(echo_all);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    ask_unnoticed();
    ck_assert_ptr_nonnull(symbols_find(module, 64));
}
END_TEST

START_TEST(test_helper_inherits_no_descriptor)
{
    use_helper("while read n rest; do\n"
               "printf '%s %s\\t\\t\\t0\\n%s .\\n' $n \"$(ls /proc/$$/fd | tr '\\n' ' ')\" $n\n"
               "done\n");
    ck_assert_int_eq(dup2(0, 77), 77); /* not close-on-exec */
    symbols_want(module, 64);
    symbols_fetch();
    const struct symbol_lines *lines = symbols_find(module, 64);
    ck_assert_ptr_nonnull(lines);
    const char *list = lines->lines[0].function; /* the shell itself keeps a few open */
    ck_assert_msg(strncmp(list, "0 1 ", 4) == 0 && strstr(list, "77") == NULL, "%s", list);
}
END_TEST

START_TEST(test_closed_standard_descriptors_stay_closed)
{
    use_helper(echo_all);
    close(0);
    close(1);
    symbols_want(module, 64);
    symbols_fetch();
    ck_assert_int_eq(fcntl(0, F_GETFD), -1);
    ck_assert_int_eq(fcntl(1, F_GETFD), -1);
    ck_assert_ptr_nonnull(symbols_find(module, 64));
}
END_TEST

static void expect_failure(const char *words)
{
    char room[256];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    ck_assert(symbols_describe_failure(&out));
    ck_assert_msg(strstr(room, words) != NULL, "%s", room);
    ck_assert_ptr_nonnull(strstr(room, "build ids: odd name%.so ab"));
}

START_TEST(test_helper_that_ends_early_is_tried_a_few_times)
{
    use_helper("echo run >> \"$0.log\"; exit 1\n");
    for (uint64_t offset = 1; offset < 10; offset++) {
        symbols_want(module, offset);
        symbols_fetch();
        ck_assert_ptr_null(symbols_find(module, offset));
    }
    expect_failure("could not be run or ended early");
    char path[64];
    snprintf(path, sizeof path, "%s/helper.log", directory);
    struct stat log;
    ck_assert_int_eq(stat(path, &log), 0);
    ck_assert_int_eq(log.st_size, 3 * 4);
}
END_TEST

START_TEST(test_helper_that_is_no_program)
{
    use_helper("");
    char path[64];
    snprintf(path, sizeof path, "%s/helper", directory);
    FILE *file = fopen(path, "w");
    fputs("\177ELF nonsense", file);
    fclose(file);
    symbols_want(module, 64);
    symbols_fetch();
    expect_failure("could not be run or ended early");
}
END_TEST

START_TEST(test_nonsense_answers_are_ignored)
{
    use_helper("while read n rest; do\n"
               "printf '\\n\\n999999999 x\\t\\t\\t0\\n999999999 .\\nx .\\n-1 .\\n\\t\\t\\t\\n'\n"
               "printf '%s good\\n%s .\\n%s .\\n' $n $n $n\n"
               "done\n");
    symbols_want(module, 64);
    symbols_fetch();
    const struct symbol_lines *lines = symbols_find(module, 64);
    ck_assert(!lines || lines->count >= 1);
}
END_TEST

START_TEST(test_switched_off_asks_nobody)
{
    use_helper("touch \"$0.log\"\n");
    symbols_enable(false);
    symbols_want(module, 64);
    symbols_fetch();
    char path[64];
    snprintf(path, sizeof path, "%s/helper.log", directory);
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

static void add(TCase *all)
{
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, NULL, remove_files);
    tcase_add_test(all, test_answers_name_inlined_calls_and_reach_the_right_address);
    tcase_add_test(all, test_program_sees_no_child_no_signal_no_descriptor);
    tcase_add_test(all, test_program_that_adopts_orphans_does_not_get_ours);
    tcase_add_test(all, test_helper_inherits_no_descriptor);
    tcase_add_test(all, test_closed_standard_descriptors_stay_closed);
    tcase_add_test(all, test_helper_that_ends_early_is_tried_a_few_times);
    tcase_add_test(all, test_helper_that_is_no_program);
    tcase_add_test(all, test_nonsense_answers_are_ignored);
    tcase_add_test(all, test_switched_off_asks_nobody);
}

int main(void)
{
    return suite_run("report_symbols", add);
}
