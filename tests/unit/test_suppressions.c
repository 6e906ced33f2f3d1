/* report/suppressions, report/suppression_text: reading them, budgets, and what was hidden. */
#include "report/suppressions.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/suite.h"

struct lines {
    int count;
    char last[1024];
};

static struct lines lines;
static char directory[] = "/tmp/coalmine-suppressions-XXXXXX";

static void note(void *context, const char *line)
{
    struct lines *to = context;
    to->count++;
    ck_assert_ptr_null(strchr(line, '\n'));
    snprintf(to->last, sizeof to->last, "%s", line);
}

static void read_text(const char *text)
{
    suppressions_read_text(text, "given", note, &lines);
}

static unsigned known(void)
{
    unsigned count = 0;
    for (const struct suppression *entry = suppressions_first(); entry; entry = entry->next) {
        count++;
    }
    return count;
}

/* A text with one mistake, and one entry behind it that is still read. */
static void refuses(const char *text, const char *complaint)
{
    unsigned before = known();
    char whole[1024];
    memset(&lines, 0, sizeof lines);
    snprintf(whole, sizeof whole, "%s\nleak:behind\n", text);
    read_text(whole);
    ck_assert_msg(lines.count == 1, "%d complaints of %s, last %s", lines.count, text, lines.last);
    ck_assert_msg(strcmp(lines.last, complaint) == 0, "'%s' is told: %s", text, lines.last);
    ck_assert_uint_eq(known(), before + 1);
}

START_TEST(test_both_syntaxes_stand_in_one_text)
{
    read_text("# comment\n\n  leak:one  \r\n{\n  two words\n  Memcheck:Leak\n  fun:malloc\n}\n"
              "{\n three\n Memcheck,Helgrind:Free\n ...\n fun:x\n ...\n}\nleak:^a b$");
    ck_assert_int_eq(lines.count, 0);
    const struct suppression *entry = suppressions_first();
    ck_assert_str_eq(entry->name, "leak:one");
    ck_assert_str_eq(entry->any_frame, "one");
    ck_assert_uint_eq(entry->line, 3);
    ck_assert_ptr_null(entry->file);
    entry = entry->next;
    ck_assert_str_eq(entry->name, "two words");
    ck_assert_uint_eq(entry->line, 4);
    ck_assert_uint_eq(entry->frame_count, 1);
    entry = entry->next;
    ck_assert_str_eq(entry->name, "three");
    ck_assert_uint_eq(entry->frame_count, 3);
    ck_assert_uint_eq(entry->leak_kinds, 0);
    entry = entry->next;
    ck_assert_str_eq(entry->any_frame, "^a b$");
    ck_assert_ptr_null(entry->next);
}
END_TEST

START_TEST(test_entries_of_other_tools_are_passed_over)
{
    read_text(
        "{\n a\n Memcheck:Cond\n fun:x\n}\n{\n b\n Helgrind:Race\n fun:x\n}\n"
        "{\n c\n Memcheck:Param\n write(buf)\n obj:x\n}\n{\n d\n drd:ConflictingAccess\n odd\n}"
        "\n{\n e\n Memcheck:Address\n fun:x\n}\n");
    ck_assert_int_eq(lines.count, 0);
    ck_assert_uint_eq(known(), 0);
}
END_TEST

START_TEST(test_mistakes_name_the_line_and_the_rest_is_read)
{
    refuses("leak", "given:1: neither KIND:PATTERN, as in leak:libname, nor an entry in braces: "
                    "'leak'");
    refuses("\nrace:foo", "given:2: no kind of finding here is called 'race'");
    refuses("leak: ", "given:1: no pattern in 'leak:'");
    refuses("{\n n\n Memcheck:Leak\n foo\n fun:x\n}",
            "given:4: expected fun:NAME, obj:PATH, src:FILE or '...', not 'foo'");
    refuses("{\n n\n Memcheck:Leak\n fun:\n}",
            "given:4: expected fun:NAME, obj:PATH, src:FILE or '...', not 'fun:'");
    refuses("{\n n\n Leak\n fun:x\n}",
            "given:3: expected TOOL:KIND, as in Memcheck:Leak, not 'Leak'");
    refuses("{\n n\n Coalmine:odd\n fun:x\n}", "given:3: no kind of finding here is called 'odd'");
    refuses("{\n n\n Memcheck:Leak\n match-leak-kinds:lost\n fun:x\n}",
            "given:4: no kind of leak is called 'lost'");
    refuses("{\n n\n Memcheck:Leak\n ...\n}",
            "given:1: a suppression needs a name, TOOL:KIND and a frame other than '...'");
    refuses("{\n}", "given:1: a suppression needs a name, TOOL:KIND and a frame other than '...'");
    refuses("# coalmine: at most", "given:1: a budget is 'at most N bytes', 'at most N blocks' or "
                                   "both, not 'at most'");
    refuses("#coalmine: at most 5 cows", "given:1: a budget is 'at most N bytes', 'at most N "
                                         "blocks' or both, not 'at most 5 cows'");
    refuses("# coalmine: at most 99999999999999999999 bytes",
            "given:1: a budget is 'at most N bytes', 'at most N blocks' or both, not 'at most "
            "99999999999999999999 bytes'");
    refuses("le\x1b[31mak\x01", "given:1: neither KIND:PATTERN, as in leak:libname, nor an entry "
                                "in braces: 'le?[31mak?'");
}
END_TEST

START_TEST(test_an_open_brace_swallows_the_rest_and_says_so)
{
    read_text("leak:a\n{\n name\n Memcheck:Leak\n fun:x\n");
    ck_assert_int_eq(lines.count, 1);
    ck_assert_str_eq(lines.last, "given:2: this suppression lacks its closing '}'");
    ck_assert_uint_eq(known(), 1);
    read_text("# coalmine: at most 1 block\n");
    ck_assert_str_eq(lines.last, "given:1: no suppression follows this budget");
}
END_TEST

START_TEST(test_too_many_frames_are_refused)
{
    static char text[8192] = "{\n n\n Memcheck:Leak\n";
    for (int i = 0; i <= SUPPRESSION_FRAMES_MOST; i++) {
        strcat(text, "fun:x\n");
    }
    strcat(text, "}");
    refuses(text, "given:68: too many frames in one suppression");
}
END_TEST

START_TEST(test_budgets_belong_to_the_next_entry_or_to_that_around_them)
{
    read_text("# coalmine: at most 4K bytes, 10 blocks\nleak:a\nleak:b\n"
              "{\n c\n Memcheck:Leak\n #coalmine: at most 1 block\n fun:x\n}\nleak:d\n"
              "# coalmine:at most 3 blocks 2M bytes\n# more words\n\nleak:e\n");
    ck_assert_int_eq(lines.count, 0);
    const struct suppression *entry = suppressions_first();
    ck_assert(entry->has_budget);
    ck_assert_uint_eq(entry->most_bytes, 4096);
    ck_assert_uint_eq(entry->most_blocks, 10);
    entry = entry->next;
    ck_assert(!entry->has_budget);
    entry = entry->next;
    ck_assert_uint_eq(entry->most_bytes, UINT64_MAX);
    ck_assert_uint_eq(entry->most_blocks, 1);
    entry = entry->next;
    ck_assert(!entry->has_budget);
    ck_assert_uint_eq(entry->next->most_bytes, 2 * 1024 * 1024);
    ck_assert_uint_eq(entry->next->most_blocks, 3);
}
END_TEST

static const struct frame inner[] = {{.function = "lose"}, {.function = "main"}};

static struct told_leak leak_of(uint64_t blocks, uint64_t bytes)
{
    return (struct told_leak){
        .group = {.blocks = blocks, .bytes = bytes, .indirect_blocks = 1, .indirect_bytes = 8},
        .via = API_MALLOC,
        .stack = {inner, 2}};
}

START_TEST(test_a_budget_is_for_the_sum_of_what_is_lost_and_led_to)
{
    read_text("# coalmine: at most 100 bytes, 6 blocks\nleak:lose\n");
    struct told_leak one = leak_of(2, 42), other = leak_of(2, 42), more = leak_of(1, 1);
    struct suppression *match = suppressions_match_leak(&one);
    ck_assert_ptr_eq(match, suppressions_first());
    ck_assert(suppressions_match_leak(&other) == match);
    ck_assert(suppressions_hide_leak(match, &one));
    ck_assert(suppressions_hide_leak(match, &other));
    ck_assert_uint_eq(match->hidden.groups, 2);
    ck_assert_uint_eq(match->hidden.blocks, 6);
    ck_assert_uint_eq(match->hidden.bytes, 100);
    ck_assert(suppressions_match_leak(&more) == match);
    ck_assert(!suppressions_hide_leak(match, &more));
    suppressions_forget();
    ck_assert_uint_eq(suppressions_hidden(match).groups, 0);
    ck_assert(suppressions_match_leak(&more) == match && suppressions_hide_leak(match, &more));
}
END_TEST

START_TEST(test_a_suppression_without_budget_comes_before_one_with)
{
    read_text("# coalmine: at most 1 block\nleak:lose\nleak:other\nleak:main\nleak:lose\n");
    struct told_leak leak = leak_of(2, 42);
    struct suppression *match = suppressions_match_leak(&leak);
    ck_assert_str_eq(match->name, "leak:main");
    ck_assert_uint_eq(suppressions_first()->found.groups, 0);
}
END_TEST

static const char *write_file(const char *name, const char *text, size_t length)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    fwrite(text, 1, length, file);
    fclose(file);
    return path;
}

static void remove_files(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (strstr(directory, "XXXXXX") == NULL && system(command) != 0) {
        abort();
    }
}

START_TEST(test_files_are_read_one_after_the_other)
{
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    write_file("a", "leak:a\nodd\n", 11);
    write_file("b", "leak:b", 6);
    write_file("zero", "leak:z\0hidden\nleak:y\0\n", 22);
    suppressions_read_files("a,,none,b,.", note, &lines);
    ck_assert_int_eq(lines.count, 3);
    ck_assert_str_eq(lines.last, "suppressions: cannot read .: it is a directory");
    ck_assert_uint_eq(known(), 2);
    ck_assert_str_eq(suppressions_first()->file, "a");
    ck_assert_str_eq(suppressions_first()->next->file, "b");
    suppressions_read_files("none", note, &lines);
    ck_assert_str_eq(lines.last, "suppressions: cannot read none: no such file");
    suppressions_read_files("zero", note, &lines);
    ck_assert_uint_eq(known(), 4);
    ck_assert_str_eq(suppressions_first()->next->next->name, "leak:z");
    ck_assert_str_eq(suppressions_first()->next->next->next->name, "leak:y");
}
END_TEST

START_TEST(test_long_files_are_read_and_endless_ones_are_not)
{
    ck_assert_ptr_nonnull(mkdtemp(directory));
    size_t size = 1000 * 1000;
    char *text = calloc(1, size + 1);
    for (size_t at = 0; at + 10 <= size; at += 10) {
        memcpy(text + at, "leak:abcd\n", 10);
    }
    suppressions_read_files(write_file("long", text, size), note, &lines);
    ck_assert_int_eq(lines.count, 0);
    ck_assert_uint_eq(known(), size / 10);
    suppressions_read_files("/dev/zero", note, &lines);
    ck_assert_int_eq(lines.count, 1);
    ck_assert_str_eq(lines.last, "suppressions: cannot read /dev/zero: it is too long");
    free(text);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, NULL, remove_files);
    tcase_add_test(all, test_both_syntaxes_stand_in_one_text);
    tcase_add_test(all, test_entries_of_other_tools_are_passed_over);
    tcase_add_test(all, test_mistakes_name_the_line_and_the_rest_is_read);
    tcase_add_test(all, test_an_open_brace_swallows_the_rest_and_says_so);
    tcase_add_test(all, test_too_many_frames_are_refused);
    tcase_add_test(all, test_budgets_belong_to_the_next_entry_or_to_that_around_them);
    tcase_add_test(all, test_a_budget_is_for_the_sum_of_what_is_lost_and_led_to);
    tcase_add_test(all, test_a_suppression_without_budget_comes_before_one_with);
    tcase_add_test(all, test_files_are_read_one_after_the_other);
    tcase_add_test(all, test_long_files_are_read_and_endless_ones_are_not);
}

int main(void)
{
    return suite_run("suppressions", add);
}
