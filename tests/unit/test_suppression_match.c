/* report/suppression_match: which stacks a suppression stands for. */
#include "report/suppression_match.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/suppression_text.h"
#include "support/suite.h"

static const struct frame frames[] = {
    {.function = "cache::fill(int)",
     .linkage = "_ZN5cache4fillEi",
     .file = "/src/app/cache.cc",
     .line = 12,
     .module = "/opt/lib/libcache.so.2",
     .inlined = true},
    {.function = "load", .file = "load.c", .line = 7, .module = "/opt/lib/libcache.so.2"},
    {.module = "/usr/lib/libodd.so"},
    {.function = "__libc_thing", .module = "/lib/libc.so.6"},
    {.function = "main", .file = "/src/app/main.c", .line = 3, .module = "/opt/bin/app"},
};
static const struct trace stack = {frames, sizeof frames / sizeof *frames};

static struct suppression *entry;

static void take(void *context, struct suppression *made)
{
    (void)context;
    entry = made;
}

static void fail_on(void *context, const char *line)
{
    (void)context;
    ck_abort_msg("%s", line);
}

static const struct suppression *made_from(const char *text)
{
    char *copy = strdup(text);
    entry = NULL;
    suppression_text_read(
        copy, strlen(copy),
        &(struct suppression_source){.title = "test", .take = take, .complain = fail_on});
    ck_assert_ptr_nonnull(entry);
    return entry;
}

static bool hides(enum leak_kind kind, enum api via, const char *text)
{
    struct told_leak leak = {.group = {.kind = kind}, .via = via, .stack = stack};
    return suppression_matches_leak(made_from(text), &leak);
}

#define LINE(pattern) hides(LEAK_DEFINITE, API_MALLOC, "leak:" pattern)
#define BRACES(frames) hides(LEAK_DEFINITE, API_MALLOC, "{\nname\nMemcheck:Leak\n" frames "\n}")

START_TEST(test_a_line_matches_function_file_or_module_of_any_frame)
{
    ck_assert(LINE("cache::fill"));
    ck_assert(LINE("^_ZN5cache"));
    ck_assert(LINE("load.c$"));
    ck_assert(LINE("libodd"));
    ck_assert(LINE("^main$"));
    ck_assert(LINE("/opt/*/libcache"));
    ck_assert(LINE("^malloc$"));
    ck_assert(!LINE("calloc"));
    ck_assert(!LINE("^oad"));
    ck_assert(!LINE("Cache"));
    ck_assert(!LINE("???"));
}
END_TEST

START_TEST(test_frames_in_braces_match_from_the_innermost_on)
{
    ck_assert(BRACES("fun:malloc\nfun:_ZN5cache4fillEi\nfun:load"));
    ck_assert(BRACES("fun:*alloc\nfun:cache::fill(int)\nfun:load"));
    ck_assert(BRACES("fun:_ZN5cache4fillEi"));
    ck_assert(BRACES("fun:malloc"));
    ck_assert(BRACES("fun:*\nfun:*\nfun:*\nfun:*\nfun:*\nfun:main"));
    ck_assert(!BRACES("fun:calloc\nfun:_ZN5cache4fillEi"));
    ck_assert(!BRACES("fun:malloc\nfun:load"));
    ck_assert(!BRACES("fun:load"));
    ck_assert(!BRACES("fun:malloc\nfun:malloc\nfun:malloc\nfun:cache*"));
    ck_assert(!BRACES("fun:malloc\nfun:cache*\nfun:load\nobj:*\nfun:*\nfun:main\nfun:_start"));
}
END_TEST

START_TEST(test_dots_stand_for_any_number_of_frames)
{
    ck_assert(BRACES("...\nfun:main"));
    ck_assert(BRACES("fun:malloc\n...\nfun:main\n..."));
    ck_assert(BRACES("...\nfun:malloc\nfun:cache*"));
    ck_assert(!BRACES("...\nfun:malloc\nfun:malloc\nfun:cache*"));
    ck_assert(BRACES("fun:malloc\n...\nfun:cache*\n...\nfun:load"));
    ck_assert(BRACES("...\nfun:load\n...\nobj:/opt/bin/app"));
    ck_assert(!BRACES("...\nfun:main\n...\nfun:load"));
    ck_assert(!BRACES("...\nfun:cache*\nfun:main"));
}
END_TEST

START_TEST(test_objects_sources_and_unknown_names)
{
    ck_assert(BRACES("fun:malloc\nobj:*/libcache.so*\nobj:*/libcache.so.?\nobj:*odd*"));
    ck_assert(BRACES("obj:*\nfun:cache*"));
    ck_assert(BRACES("src:cache.cc:12\nsrc:load.c"));
    ck_assert(BRACES("src:/src/app/cache.cc\nsrc:load.c:7\nfun:*\nfun:libc_thing"));
    ck_assert(!BRACES("src:cache.cc:13"));
    ck_assert(!BRACES("src:cache.cc:12\nsrc:load.c\nsrc:*"));
    ck_assert(BRACES("...\nobj:*libodd*\nfun:__libc_thing"));
}
END_TEST

START_TEST(test_what_starts_a_program_goes_by_valgrinds_name)
{
    static const struct frame stripped[] = {{.module = "/usr/bin/date"},
                                            {.function = "__libc_start_call_main"},
                                            {.function = "_start"}};
    struct told_leak leak = {.via = API_MALLOC, .stack = {stripped, 3}};
    ck_assert(suppression_matches_leak(
        made_from("{\nn\nMemcheck:Leak\nfun:malloc\nobj:/usr/bin/date\nfun:(below main)\n}"),
        &leak));
    ck_assert(suppression_matches_leak(
        made_from("{\nn\nMemcheck:Leak\nobj:*\nfun:__libc_start_call_main\nfun:_start\n}"), &leak));
    ck_assert(
        !suppression_matches_leak(made_from("{\nn\nMemcheck:Leak\nfun:(below main)\n}"), &leak));
}
END_TEST

START_TEST(test_operators_go_by_every_name_they_have)
{
    static const char brace[] = "{\nn\nMemcheck:Leak\nfun:_Znwm\nfun:cache*\n}";
    ck_assert(hides(LEAK_DEFINITE, API_NEW, brace));
    ck_assert(!hides(LEAK_DEFINITE, API_NEW_ARRAY, brace));
    ck_assert(!hides(LEAK_DEFINITE, API_MALLOC, brace));
    ck_assert(hides(LEAK_DEFINITE, API_NEW,
                    "{\nn\nMemcheck:Leak\nfun:operator new(unsigned long)\nfun:cache*\n}"));
    ck_assert(hides(LEAK_DEFINITE, API_NEW_ARRAY, "{\nn\nMemcheck:Leak\nfun:_Zna*\nfun:cache*\n}"));
    ck_assert(hides(LEAK_DEFINITE, API_COUNT, brace));
    ck_assert(hides(LEAK_DEFINITE, API_REALLOCARRAY,
                    "{\nn\nMemcheck:Leak\nfun:realloc\nfun:reallocarray\nfun:cache*\n}"));
    ck_assert(hides(LEAK_DEFINITE, API_REALLOCARRAY,
                    "{\nn\nMemcheck:Leak\nfun:reallocarray\nfun:cache*\n}"));
    ck_assert(hides(LEAK_DEFINITE, API_NEW, "leak:operator new"));
}
END_TEST

START_TEST(test_kinds_of_leaks_are_told_apart_where_asked)
{
    static const char possible[] =
        "{\nn\nMemcheck:Leak\nmatch-leak-kinds: possible,reachable\n...\nfun:main\n}";
    ck_assert(hides(LEAK_POSSIBLE, API_MALLOC, possible));
    ck_assert(hides(LEAK_REACHABLE, API_MALLOC, possible));
    ck_assert(!hides(LEAK_DEFINITE, API_MALLOC, possible));
    ck_assert(hides(LEAK_REACHABLE, API_MALLOC, "leak:main"));
    ck_assert(!hides(LEAK_DEFINITE, API_MALLOC,
                     "{\nn\nMemcheck:Leak\nmatch-leak-kinds:none\nfun:malloc\n}"));
    ck_assert(!hides(LEAK_DEFINITE, API_MALLOC, "double-free:main"));
}
END_TEST

static bool hides_error(enum finding_kind kind, bool has_access, const char *text)
{
    struct told_error error = {.finding = {.kind = kind,
                                           .function = API_FREE,
                                           .has_block = true,
                                           .block = {.via = API_MALLOC}},
                               .alloc = stack};
    if (has_access) {
        error.access = stack;
    }
    return suppression_matches_error(made_from(text), &error);
}

START_TEST(test_errors_match_the_stack_of_the_call_in_error)
{
    static const char brace[] = "{\nn\nMemcheck:Free\nfun:free\nfun:cache*\n}";
    ck_assert(hides_error(FINDING_DOUBLE_FREE, true, brace));
    ck_assert(hides_error(FINDING_INVALID_FREE, true, brace));
    ck_assert(hides_error(FINDING_MISMATCH, true, brace));
    ck_assert(!hides_error(FINDING_OVERFLOW, true, brace));
    ck_assert(!hides_error(FINDING_DOUBLE_FREE, false, brace));
    ck_assert(hides_error(FINDING_OVERFLOW, true, "{\nn\nMemcheck:Addr1\nfun:cache*\n}"));
    ck_assert(!hides_error(FINDING_OVERFLOW, false, "{\nn\nMemcheck:Addr1\nfun:cache*\n}"));
    ck_assert(
        hides_error(FINDING_INVALID_SIZE, true, "{\nn\nMemcheck:FishyValue\n...\nfun:load\n}"));
}
END_TEST

START_TEST(test_a_function_of_the_c_library_is_the_innermost_frame)
{
    struct told_error error = {.finding = {.kind = FINDING_OVERFLOW,
                                           .detected = DETECTED_GUARD,
                                           .call = "strlen",
                                           .has_block = true,
                                           .block = {.via = API_MALLOC}},
                               .access = stack};
    static const char strlen_first[] = "{\nn\nMemcheck:Addr1\nfun:strlen\nfun:cache*\n}";
    static const char memcpy_first[] = "{\nn\nMemcheck:Addr1\nfun:memcpy\nfun:cache*\n}";
    ck_assert(suppression_matches_error(made_from(strlen_first), &error));
    ck_assert(!suppression_matches_error(made_from(memcpy_first), &error));
    ck_assert(suppression_matches_error(made_from("heap-buffer-overflow:strlen"), &error));
    error.finding.detected = DETECTED_CALL;
    ck_assert(suppression_matches_error(made_from(strlen_first), &error));
}
END_TEST

START_TEST(test_own_kinds_match_any_stack_of_an_error)
{
    ck_assert(hides_error(FINDING_OVERFLOW, false, "heap-buffer-overflow:libcache"));
    ck_assert(hides_error(FINDING_OVERFLOW, false,
                          "{\nn\nCoalmine:heap-buffer-overflow\nfun:malloc\nfun:cache*\n}"));
    ck_assert(!hides_error(FINDING_UNDERFLOW, false, "heap-buffer-overflow:libcache"));
    ck_assert(!hides_error(FINDING_OVERFLOW, true, "heap-buffer-overflow:elsewhere"));
    ck_assert(!hides_error(FINDING_OVERFLOW, true, "leak:main"));
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_a_line_matches_function_file_or_module_of_any_frame);
    tcase_add_test(all, test_frames_in_braces_match_from_the_innermost_on);
    tcase_add_test(all, test_dots_stand_for_any_number_of_frames);
    tcase_add_test(all, test_objects_sources_and_unknown_names);
    tcase_add_test(all, test_what_starts_a_program_goes_by_valgrinds_name);
    tcase_add_test(all, test_operators_go_by_every_name_they_have);
    tcase_add_test(all, test_kinds_of_leaks_are_told_apart_where_asked);
    tcase_add_test(all, test_errors_match_the_stack_of_the_call_in_error);
    tcase_add_test(all, test_a_function_of_the_c_library_is_the_innermost_frame);
    tcase_add_test(all, test_own_kinds_match_any_stack_of_an_error);
}

int main(void)
{
    return suite_run("suppression_match", add);
}
