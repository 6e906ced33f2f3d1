/* report/report: grouping, files, fork, exit status. */
#include "report/report.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/own.h"
#include "os/pages.h"
#include "support/suite.h"

static char directory[] = "/tmp/coalmine-report-XXXXXX";
static struct options options;
static char content[256 * 1024];
static char name[512];

static const char *path_of(const char *file)
{
    snprintf(name, sizeof name, "%s/%s", directory, file);
    return name;
}

static void start(const char *more_options)
{
    char text[256];
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    options_defaults(&options);
    snprintf(text, sizeof text, "symbols=off log=log json=json %s", more_options);
    ck_assert(options_parse(&options, text, NULL, NULL));
    options_finish(&options);
    static char program[] = "demo", argument[] = "--loud";
    static char *const argv[] = {program, argument, NULL};
    report_start(&(struct report_setup){.options = &options, .argv = argv});
}

static void remove_files(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (strstr(directory, "XXXXXX") == NULL && system(command) != 0) {
        abort();
    }
}

/* "" where there is none. */
static const char *read_file(const char *file)
{
    FILE *from = fopen(path_of(file), "r");
    size_t length = from ? fread(content, 1, sizeof content - 1, from) : 0;
    content[length] = '\0';
    if (from) {
        fclose(from);
    }
    return content;
}

static unsigned count(const char *file, const char *piece)
{
    unsigned found = 0;
    for (const char *p = read_file(file); (p = strstr(p, piece)) != NULL; p++) {
        found++;
    }
    return found;
}

static struct finding finding_of(enum finding_kind kind, uintptr_t pointer)
{
    return (struct finding){.kind = kind,
                            .detected = DETECTED_FREE,
                            .function = API_FREE,
                            .pointer = pointer,
                            .has_block = kind != FINDING_INVALID_FREE,
                            .block = {.address = pointer, .size_bytes = 24, .alignment_bytes = 16}};
}

static int finish(int status)
{
    return report_finish(&(struct report_end){.exit_status = status});
}

START_TEST(test_equal_findings_are_told_once_and_counted)
{
    start("");
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    struct finding same = finding_of(FINDING_DOUBLE_FREE, 0x2000);
    struct finding other = finding_of(FINDING_DOUBLE_FREE, 0x3000);
    other.function = API_DELETE;
    errno = ERANGE;
    report_finding(&one);
    report_finding(&same);
    report_finding(&same);
    report_finding(&other);
    ck_assert_int_eq(errno, ERANGE);
    ck_assert_int_eq(finish(0), 23);
    ck_assert_uint_eq(count("log", "ERROR: double-free"), 2);
    ck_assert_uint_eq(count("log", "SUMMARY: 4 errors"), 1);
    ck_assert_uint_eq(count("log", "  double-free: 4\n    3 times"), 1);
    ck_assert_uint_eq(count("json", "\"count\":3"), 1);
    ck_assert_uint_eq(count("json", "\"argv\":[\"demo\",\"--loud\"]"), 1);
}
END_TEST

START_TEST(test_json_is_there_after_each_finding)
{
    start("");
    ck_assert_int_eq(access(path_of("json"), F_OK), -1);
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    ck_assert_uint_eq(count("json", "\"double-free\""), 1);
    struct finding other = finding_of(FINDING_INVALID_FREE, 1);
    report_finding(&other);
    ck_assert_uint_eq(count("json", "\"double-free\""), 1);
    ck_assert_uint_eq(count("json", "\"errors\":2,"), 1);
    ck_assert_uint_eq(count("json", "}\n"), 1);
    ck_assert_uint_eq(count("json", "\"place\":\"the value 1, no address\""), 1);
    ck_assert_int_eq(access(path_of("json.new"), F_OK), -1);
}
END_TEST

START_TEST(test_clean_run_writes_one_line_and_the_json_asked_for)
{
    start("");
    const struct leak_report none = {0};
    ck_assert_int_eq(report_finish(&(struct report_end){.leaks = &none}), 0);
    ck_assert_uint_eq(count("log", "\n"), 1);
    ck_assert_uint_eq(count("log", "coalmine: no errors, no leaks ("), 1);
    ck_assert_uint_eq(count("json", "\"errors\":[],\"leaks\":[]"), 1);
}
END_TEST

START_TEST(test_quiet_clean_run_writes_nothing)
{
    start("quiet=on json=");
    ck_assert_int_eq(finish(0), 0);
    ck_assert_int_eq(access(path_of("log"), F_OK), -1);
    ck_assert_int_eq(access(path_of("json"), F_OK), -1);
}
END_TEST

START_TEST(test_leaks_are_told_and_decide_the_status)
{
    start("exitcode=7");
    struct leak_group groups[] = {{.kind = LEAK_DEFINITE, .blocks = 2, .bytes = 48}};
    const struct leak_report leaks = {.groups = groups, .count = 1, .blocks = 2, .bytes = 48};
    ck_assert_int_eq(report_finish(&(struct report_end){.leaks = &leaks}), 7);
    ck_assert_uint_eq(count("log", "coalmine: ERROR: leak: definite: 48 bytes in 2 blocks\n"), 1);
    ck_assert_uint_eq(count("log", "SUMMARY: no errors, 48 bytes in 2 blocks leaked"), 1);
    ck_assert_uint_eq(count("json", "\"leaked_blocks\":2,\"leaked_bytes\":48,\"exitcode\":7"), 1);
}
END_TEST

START_TEST(test_own_exit_status_of_the_program_wins)
{
    start("");
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    ck_assert_int_eq(finish(3), 3);
    ck_assert_int_eq(finish(0), 23); /* asked again: the same report, no second summary */
    ck_assert_uint_eq(count("log", "SUMMARY"), 1);
}
END_TEST

START_TEST(test_exitcode_0_leaves_the_status_alone)
{
    start("exitcode=0");
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    ck_assert_int_eq(finish(0), 0);
}
END_TEST

START_TEST(test_forked_child_has_files_and_findings_of_its_own)
{
    start("");
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    pid_t child = fork();
    if (child == 0) {
        report_after_fork();
        struct finding other = finding_of(FINDING_INVALID_FREE, 1);
        report_finding(&other);
        _exit(finish(0));
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 23);
    char file[64];
    snprintf(file, sizeof file, "log.%d", child);
    ck_assert_uint_eq(count(file, "ERROR: invalid-free"), 1);
    ck_assert_uint_eq(count(file, "double-free"), 0);
    ck_assert_uint_eq(count(file, "SUMMARY: 1 error"), 1);
    snprintf(file, sizeof file, "json.%d", child);
    ck_assert_uint_eq(count(file, "\"errors\":1,"), 1);
    ck_assert_uint_eq(count("log", "invalid-free"), 0);
}
END_TEST

START_TEST(test_file_names_take_process_and_program)
{
    start("log=%e-%p-%%.txt json=");
    ck_assert_int_eq(finish(0), 0);
    char self[256] = {0}, file[512];
    ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
    snprintf(file, sizeof file, "%s-%d-%%.txt", strrchr(self, '/') + 1, getpid());
    ck_assert_uint_eq(count(file, "no errors"), 1);
}
END_TEST

START_TEST(test_log_begins_anew_with_each_run_and_stays_where_it_was_started)
{
    start("");
    FILE *old = fopen(path_of("log"), "w");
    fputs("of yesterday\n", old);
    fclose(old);
    ck_assert_int_eq(chdir("/"), 0);
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    finish(0);
    ck_assert_uint_eq(count("log", "of yesterday"), 0);
    ck_assert_uint_eq(count("log", "ERROR: double-free"), 1);
    ck_assert_uint_eq(count("log", "SUMMARY"), 1);
}
END_TEST

/* Standard error goes to the file "stderr" from here on. */
static void catch_stderr(void)
{
    ck_assert_ptr_nonnull(freopen(path_of("stderr"), "w", stderr));
    ck_assert_int_eq(fileno(stderr), 2);
}

START_TEST(test_unwritable_log_is_told_once_and_stderr_taken)
{
    start("log=/no/such/place json=/no/such/json");
    catch_stderr();
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    finish(0);
    ck_assert_uint_eq(count("stderr", "cannot write the log /no/such/place: no such directory"), 1);
    ck_assert_uint_eq(count("stderr", "cannot write the JSON report /no/such/json: no such"), 1);
    ck_assert_uint_eq(count("stderr", "ERROR: double-free"), 1);
    ck_assert_uint_eq(count("stderr", "SUMMARY: 1 error"), 1);
}
END_TEST

START_TEST(test_json_to_a_device_does_not_replace_it)
{
    start("json=/dev/null");
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    finish(0);
    struct stat found;
    ck_assert_int_eq(stat("/dev/null", &found), 0);
    ck_assert(S_ISCHR(found.st_mode));
}
END_TEST

START_TEST(test_halt_reports_and_aborts)
{
    start("halt=on");
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_IGN);
        struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
        report_finding(&one);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    char file[64];
    snprintf(file, sizeof file, "log.%d", child);
    ck_assert_uint_eq(count(file, "ERROR: double-free"), 1);
    ck_assert_uint_eq(count(file, "SUMMARY: 1 error"), 1);
}
END_TEST

START_TEST(test_thousands_of_different_errors_are_counted_past_the_limit)
{
    start("json=");
    for (uint32_t i = 1; i <= 1005; i++) {
        struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
        one.access_stack = 0x10000000 + i;
        report_finding(&one);
    }
    finish(0);
    ck_assert_uint_eq(count("log", "SUMMARY: 1005 errors"), 1);
    ck_assert_uint_eq(count("log", "incomplete: 5 errors not shown: too many different ones"), 1);
}
END_TEST

static void use_up_memory(void)
{
    os_pages_fail_at(1, true);
    for (size_t bytes = 64 * 1024; bytes >= 16; bytes /= 2) {
        while (own_alloc(bytes)) {
        }
    }
}

START_TEST(test_without_memory_errors_are_told_but_not_kept)
{
    start("symbols=on");
    use_up_memory();
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    struct finding other = finding_of(FINDING_INVALID_FREE, 0xdeadbeef000);
    report_finding(&one);
    report_finding(&one);
    report_finding(&other);
    struct leak_group groups[] = {{.kind = LEAK_DEFINITE, .blocks = 2, .bytes = 48}};
    const struct leak_report leaks = {.groups = groups, .count = 1, .blocks = 2, .bytes = 48};
    ck_assert_int_eq(report_finish(&(struct report_end){.leaks = &leaks}), 23);
    ck_assert_uint_eq(count("log", "ERROR: double-free"), 2);
    ck_assert_uint_eq(count("log", "ERROR: invalid-free"), 1);
    ck_assert_uint_eq(count("log", "SUMMARY: 3 errors, 48 bytes in 2 blocks leaked"), 1);
    ck_assert_uint_eq(count("log", "incomplete: 3 errors shown without being counted"), 1);
    ck_assert_uint_eq(count("log", "incomplete: no memory to show where leaked blocks"), 1);
    ck_assert_uint_eq(count("json", "\"errors\":3,\"leaked_blocks\":2"), 1);
}
END_TEST

static void fail_on(void *context, const char *line)
{
    (void)context;
    ck_abort_msg("%s", line);
}

START_TEST(test_suppressed_findings_neither_show_nor_count)
{
    start("halt=off");
    report_add_suppressions("double-free:none\ninvalid-free:*\nleak:*\n", "test", fail_on, NULL);
    struct finding one = finding_of(FINDING_INVALID_FREE, 0x1000);
    struct finding other = finding_of(FINDING_DOUBLE_FREE, 0x2000);
    report_finding(&one); /* no stack: nothing to match */
    report_finding(&other);
    struct leak_group groups[] = {{.kind = LEAK_DEFINITE, .blocks = 2, .bytes = 48},
                                  {.kind = LEAK_REACHABLE, .blocks = 1, .bytes = 7}};
    const struct leak_report leaks = {.groups = groups, .count = 2, .blocks = 3, .bytes = 55};
    ck_assert_int_eq(report_finish(&(struct report_end){.leaks = &leaks}), 23);
    ck_assert_uint_eq(count("log", "ERROR: invalid-free"), 1);
    ck_assert_uint_eq(count("log", "SUMMARY: 2 errors, 48 bytes in 2 blocks leaked"), 1);
    ck_assert_uint_eq(count("log", "not among leak_kinds: reachable 7 bytes in 1 block"), 1);
    ck_assert_uint_eq(count("json", "\"errors\":2,\"leaked_blocks\":2,\"leaked_bytes\":48"), 1);
}
END_TEST

START_TEST(test_broken_pipe_on_stderr_kills_nobody)
{
    start("log=");
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    int before = dup(2);
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    struct finding one = finding_of(FINDING_DOUBLE_FREE, 0x1000);
    report_finding(&one);
    finish(0);
    dup2(before, 2);
    sigset_t pending;
    sigpending(&pending);
    ck_assert(!sigismember(&pending, SIGPIPE));
}
END_TEST

static void add(TCase *all)
{
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, NULL, remove_files);
    tcase_add_test(all, test_equal_findings_are_told_once_and_counted);
    tcase_add_test(all, test_json_is_there_after_each_finding);
    tcase_add_test(all, test_clean_run_writes_one_line_and_the_json_asked_for);
    tcase_add_test(all, test_quiet_clean_run_writes_nothing);
    tcase_add_test(all, test_leaks_are_told_and_decide_the_status);
    tcase_add_test(all, test_own_exit_status_of_the_program_wins);
    tcase_add_test(all, test_exitcode_0_leaves_the_status_alone);
    tcase_add_test(all, test_forked_child_has_files_and_findings_of_its_own);
    tcase_add_test(all, test_file_names_take_process_and_program);
    tcase_add_test(all, test_log_begins_anew_with_each_run_and_stays_where_it_was_started);
    tcase_add_test(all, test_unwritable_log_is_told_once_and_stderr_taken);
    tcase_add_test(all, test_json_to_a_device_does_not_replace_it);
    tcase_add_test(all, test_halt_reports_and_aborts);
    tcase_add_test(all, test_thousands_of_different_errors_are_counted_past_the_limit);
    tcase_add_test(all, test_without_memory_errors_are_told_but_not_kept);
    tcase_add_test(all, test_suppressed_findings_neither_show_nor_count);
    tcase_add_test(all, test_broken_pipe_on_stderr_kills_nobody);
}

int main(void)
{
    return suite_run("report", add);
}
