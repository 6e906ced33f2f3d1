/* options: one table, three sources, clear complaints. */
#include "options/options.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/table.h"
#include "support/suite.h"

struct lines {
    int count;
    char last[1024];
};

static void note(void *context, const char *line)
{
    struct lines *lines = context;
    lines->count++;
    ck_assert_ptr_null(strchr(line, '\n'));
    snprintf(lines->last, sizeof lines->last, "%s", line);
}

static struct options options;
static struct lines lines;

static void setup(void)
{
    options_defaults(&options);
    memset(&lines, 0, sizeof lines);
}

static bool parse(const char *text)
{
    return options_parse(&options, text, note, &lines);
}

static void refuses(const char *text, const char *complaint)
{
    setup();
    ck_assert_msg(!parse(text), "%s was taken", text);
    ck_assert_int_eq(lines.count, 1);
    ck_assert_msg(strstr(lines.last, complaint), "'%s' is not in: %s", complaint, lines.last);
}

START_TEST(test_defaults_are_those_of_the_interface)
{
    options_finish(&options);
    ck_assert_int_eq(options.mode, MODE_DEBUG);
    ck_assert_uint_eq(options.redzone_bytes, 8);
    ck_assert(options.fill && options.leaks && options.children && options.symbols);
    ck_assert(!options.halt && !options.quiet);
    ck_assert_uint_eq(options.quarantine_bytes, OPTIONS_QUARANTINE_AUTO);
    ck_assert_uint_eq(options.depth, 30);
    ck_assert_uint_eq(options.exitcode, 23);
    ck_assert_int_eq(options.color, COLOR_AUTO);
    ck_assert_str_eq(options.log, "");
    ck_assert_str_eq(options.json, "");
    ck_assert_uint_eq(options.leak_kinds, 0x5); /* definite, possible */
    ck_assert_str_eq(options.suppressions, "");
    ck_assert(options.stacks_of_frees);
}
END_TEST

START_TEST(test_separators_are_colons_and_white_space)
{
    ck_assert(parse(" :redzone=16: fill=off\tdepth=5\n\nhalt=on::quiet=on "));
    ck_assert_uint_eq(options.redzone_bytes, 16);
    ck_assert_uint_eq(options.depth, 5);
    ck_assert(!options.fill && options.halt && options.quiet);
    ck_assert_int_eq(lines.count, 0);
}
END_TEST

START_TEST(test_no_text_is_no_mistake)
{
    ck_assert(parse(NULL));
    ck_assert(parse(""));
    ck_assert(parse(":: \n"));
}
END_TEST

START_TEST(test_bytes_take_suffixes)
{
    ck_assert(parse("quarantine=64M:redzone=1K"));
    ck_assert_uint_eq(options.quarantine_bytes, 64u << 20);
    ck_assert_uint_eq(options.redzone_bytes, 1024);
    ck_assert(parse("quarantine=2g"));
    ck_assert_uint_eq(options.quarantine_bytes, (size_t)2 << 30);
    ck_assert(parse("quarantine=auto"));
    ck_assert_uint_eq(options.quarantine_bytes, OPTIONS_QUARANTINE_AUTO);
    ck_assert(parse("quarantine=0"));
    ck_assert_uint_eq(options.quarantine_bytes, 0);
}
END_TEST

START_TEST(test_quotes_keep_separators_in_a_value)
{
    ck_assert(parse("log='/tmp/a b:c':json=\"/tmp/it's\":depth=7"));
    ck_assert_str_eq(options.log, "/tmp/a b:c");
    ck_assert_str_eq(options.json, "/tmp/it's");
    ck_assert_uint_eq(options.depth, 7);
    ck_assert(parse("log=/tmp/'a b'\":'\"c"));
    ck_assert_str_eq(options.log, "/tmp/a b:'c");
}
END_TEST

START_TEST(test_a_list_is_words_between_commas)
{
    ck_assert(parse("leak_kinds=reachable,definite:depth=7"));
    ck_assert_uint_eq(options.leak_kinds, 0x9);
    ck_assert_uint_eq(options.depth, 7);
    ck_assert(parse("leak_kinds=indirect,indirect"));
    ck_assert_uint_eq(options.leak_kinds, 0x2);
    ck_assert(!parse("leak_kinds=definite,definitely"));
    ck_assert_uint_eq(options.leak_kinds, 0x2);
}
END_TEST

START_TEST(test_files_are_taken_as_they_are)
{
    ck_assert(parse("suppressions='/a b/%q.supp',more.supp"));
    ck_assert_str_eq(options.suppressions, "/a b/%q.supp,more.supp");
    ck_assert(parse("suppressions="));
    ck_assert_str_eq(options.suppressions, "");
}
END_TEST

START_TEST(test_the_last_value_wins)
{
    ck_assert(parse("depth=3 depth=4"));
    ck_assert(parse("depth=5"));
    ck_assert_uint_eq(options.depth, 5);
    ck_assert(parse("log=/tmp/x log="));
    ck_assert_str_eq(options.log, "");
}
END_TEST

START_TEST(test_a_preset_yields_to_what_is_given_in_any_order)
{
    ck_assert(parse("fill=on:mode=leaks"));
    options_finish(&options);
    ck_assert(options.fill);
    ck_assert_uint_eq(options.quarantine_bytes, 0);
    ck_assert_uint_eq(options.redzone_bytes, 8);
    ck_assert(!options.stacks_of_frees);
    setup();
    ck_assert(parse("mode=leaks:quarantine=auto"));
    options_finish(&options);
    ck_assert(!options.fill);
    ck_assert_uint_eq(options.quarantine_bytes, OPTIONS_QUARANTINE_AUTO);
}
END_TEST

START_TEST(test_a_later_mode_takes_an_earlier_preset_back)
{
    ck_assert(parse("mode=leaks"));
    ck_assert(parse("mode=debug"));
    options_finish(&options);
    ck_assert(options.fill && options.stacks_of_frees);
}
END_TEST

START_TEST(test_mistakes_name_option_value_and_what_is_allowed)
{
    refuses("redzone=4", "option redzone: '4' is not allowed; it takes bytes from 8 to 1K");
    refuses("redzone=2K", "'2K'");
    refuses("redzone=", "option redzone: ''");
    refuses("redzone=-8", "'-8'");
    refuses("redzone=0x10", "'0x10'");
    refuses("redzone=8KB", "'8KB'");
    refuses("redzone=8 8", "unknown option '8'");
    refuses("redzone", "option redzone: no value");
    refuses("quarantine=lots", "or auto");
    refuses("quarantine=99999999999999999999", "'99999999999999999999'");
    refuses("quarantine=18446744073709551615", "is not allowed");
    refuses("quarantine=17592186044417M", "is not allowed");
    refuses("depth=0", "a number from 1 to 256");
    refuses("depth=1K", "'1K'");
    refuses("exitcode=256", "a number from 0 to 255");
    refuses("fill=maybe", "it takes on or off");
    refuses("fill=ON", "'ON'");
    refuses("mode=fast", "it takes debug, leaks, guard or harden");
    refuses("mode=", "it takes debug, leaks, guard or harden");
    refuses("color=red", "it takes auto, always or never");
    refuses("leak_kinds=", "option leak_kinds: ''");
    refuses("leak_kinds=definite,", "any of definite, indirect, possible and reachable");
    refuses("leak_kinds=,definite", "separated by commas");
    refuses("leak_kinds=all", "'all'");
    refuses("leak_kind=definite", "did you mean 'leak_kinds'?");
    refuses("log=a%q", "%p");
    refuses("log=a%", "%p");
    refuses("log='a", "opens a quote");
    refuses("=8", "unknown option ''");
}
END_TEST

START_TEST(test_a_typo_is_told_the_nearest_name)
{
    refuses("quarantin=1M", "unknown option 'quarantin'; did you mean 'quarantine'?");
    refuses("red-zone=8", "did you mean 'redzone'?");
    refuses("exit_code=1", "did you mean 'exitcode'?");
    refuses("dept=1", "did you mean 'depth'?");
    refuses("colour=auto", "did you mean 'color'?");
    refuses("moed=leaks", "did you mean 'mode'?");
    refuses("xyzzy=1", "'coalmine options' lists all");
    refuses("a_name_much_longer_than_any_option_has=1", "'coalmine options' lists all");
}
END_TEST

START_TEST(test_a_mistake_leaves_the_rest_alone)
{
    ck_assert(!parse("depth=9:fill=maybe:bogus=1:redzone=32"));
    ck_assert_int_eq(lines.count, 2);
    ck_assert_uint_eq(options.depth, 9);
    ck_assert(options.fill);
    ck_assert_uint_eq(options.redzone_bytes, 32);
}
END_TEST

START_TEST(test_paths_end_at_their_limit)
{
    char text[OPTIONS_PATH_MOST + 32] = "log=";
    memset(text + 4, 'x', OPTIONS_PATH_MOST - 1);
    ck_assert(parse(text));
    ck_assert_uint_eq(strlen(options.log), OPTIONS_PATH_MOST - 1);
    memset(text + 4, 'y', OPTIONS_PATH_MOST);
    ck_assert(!parse(text));
    memset(text + 4, 'y', OPTIONS_PATH_MOST + 20);
    ck_assert(!parse(text));
    ck_assert_int_eq(options.log[0], 'x');
}
END_TEST

START_TEST(test_complaints_stay_one_printable_line)
{
    char text[4096];
    memset(text, 'n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refuses(text, "…");
    refuses("fill='a\nb\x1b'", "'a\\x0ab\\x1b'");
    ck_assert(!options_parse(&options, "bogus=1", NULL, NULL));
}
END_TEST

START_TEST(test_a_single_assignment_keeps_its_quotes)
{
    ck_assert(options_set_one(&options, "log=/tmp/'a':b c", note, &lines));
    ck_assert_str_eq(options.log, "/tmp/'a':b c");
    ck_assert(!options_set_one(&options, "quiet", note, &lines));
    ck_assert_msg(strstr(lines.last, "write quiet=VALUE with on or off"), "%s", lines.last);
}
END_TEST

static struct options again;

static void set_again(void *context, const char *name, const char *value)
{
    char assignment[OPTIONS_PATH_MOST + 32];
    snprintf(assignment, sizeof assignment, "%s=%s", name, value);
    ck_assert_msg(options_set_one(&again, assignment, note, &lines), "%s", lines.last);
    ++*(size_t *)context;
}

START_TEST(test_values_survive_the_way_to_text_and_back)
{
    ck_assert(parse("mode=leaks:redzone=24:quarantine=1536K:depth=256:color=never:halt=on:log=a%%b:"
                    "leak_kinds=possible,reachable:suppressions=a,b"));
    options_finish(&options);
    options_defaults(&again);
    size_t seen = 0;
    options_each(&options, set_again, &seen);
    ck_assert_uint_eq(seen, option_count);
    options_finish(&again);
    again.given = options.given;
    ck_assert_mem_eq(&again, &options, sizeof options);
}
END_TEST

START_TEST(test_random_text_is_survived)
{
    unsigned seed = 20240601;
    static const char letters[] = "abdefghilmnoqrtuz=:'\" %0189KMG\n-\xff";
    for (int round = 0; round < 20000; round++) {
        char text[64];
        size_t length = (size_t)rand_r(&seed) % sizeof text;
        for (size_t i = 0; i < length; i++) {
            text[i] = letters[(size_t)rand_r(&seed) % (sizeof letters - 1)];
        }
        text[length] = '\0';
        (void)options_parse(&options, text, note, &lines);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, test_defaults_are_those_of_the_interface);
    tcase_add_test(all, test_separators_are_colons_and_white_space);
    tcase_add_test(all, test_no_text_is_no_mistake);
    tcase_add_test(all, test_bytes_take_suffixes);
    tcase_add_test(all, test_quotes_keep_separators_in_a_value);
    tcase_add_test(all, test_a_list_is_words_between_commas);
    tcase_add_test(all, test_files_are_taken_as_they_are);
    tcase_add_test(all, test_the_last_value_wins);
    tcase_add_test(all, test_a_preset_yields_to_what_is_given_in_any_order);
    tcase_add_test(all, test_a_later_mode_takes_an_earlier_preset_back);
    tcase_add_test(all, test_mistakes_name_option_value_and_what_is_allowed);
    tcase_add_test(all, test_a_typo_is_told_the_nearest_name);
    tcase_add_test(all, test_a_mistake_leaves_the_rest_alone);
    tcase_add_test(all, test_paths_end_at_their_limit);
    tcase_add_test(all, test_complaints_stay_one_printable_line);
    tcase_add_test(all, test_a_single_assignment_keeps_its_quotes);
    tcase_add_test(all, test_values_survive_the_way_to_text_and_back);
    tcase_add_test(all, test_random_text_is_survived);
}

int main(void)
{
    return suite_run("options", add);
}
