/* base/glob: patterns against text. */
#include "base/glob.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

START_TEST(test_a_whole_text_is_matched)
{
    ck_assert(glob_matches("", ""));
    ck_assert(glob_matches("main", "main"));
    ck_assert(!glob_matches("main", "main2"));
    ck_assert(!glob_matches("ain", "main"));
    ck_assert(!glob_matches("main", ""));
    ck_assert(!glob_matches("", "main"));
}
END_TEST

START_TEST(test_star_takes_any_part_and_question_mark_one_character)
{
    ck_assert(glob_matches("*", ""));
    ck_assert(glob_matches("m*n", "mn"));
    ck_assert(glob_matches("m*n", "main"));
    ck_assert(glob_matches("*ab*ab", "abxabyab"));
    ck_assert(!glob_matches("*ab*ab", "xab"));
    ck_assert(glob_matches("a**b?", "aXXbc"));
    ck_assert(!glob_matches("a?", "a"));
    ck_assert(glob_matches("/usr/lib*/libz.so.?", "/usr/lib/x86_64-linux-gnu/libz.so.1"));
}
END_TEST

START_TEST(test_a_part_is_found_anywhere_unless_anchored)
{
    ck_assert(glob_finds("ai", "main"));
    ck_assert(glob_finds("m*n", "a domain name"));
    ck_assert(!glob_finds("^ai", "main"));
    ck_assert(glob_finds("^ma", "main"));
    ck_assert(glob_finds("in$", "main"));
    ck_assert(!glob_finds("ai$", "main"));
    ck_assert(glob_finds("^main$", "main"));
    ck_assert(!glob_finds("^main$", "mainmain"));
    ck_assert(glob_finds("in$", "in main"));
    ck_assert(glob_finds("^m*i*n$", "main"));
    ck_assert(glob_finds("*main", "domain"));
    ck_assert(glob_finds("^*ain", "main"));
    ck_assert(!glob_finds("^m*x", "main"));
}
END_TEST

START_TEST(test_other_characters_mean_themselves)
{
    ck_assert(!glob_finds("ma?n", "main"));
    ck_assert(glob_finds("a$b", "a$b"));
    ck_assert(glob_finds("operator^", "operator^(int)"));
    ck_assert(!glob_finds("x", ""));
    ck_assert(!glob_finds("*", ""));
}
END_TEST

START_TEST(test_many_stars_are_no_explosion)
{
    static char text[20001], pattern[2001];
    memset(text, 'a', sizeof text - 1);
    for (size_t i = 0; i + 1 < sizeof pattern; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    ck_assert(glob_matches(pattern, text));
    pattern[sizeof pattern - 2] = 'b';
    ck_assert(!glob_matches(pattern, text));
    ck_assert(!glob_finds(pattern, text));
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_a_whole_text_is_matched);
    tcase_add_test(all, test_star_takes_any_part_and_question_mark_one_character);
    tcase_add_test(all, test_a_part_is_found_anywhere_unless_anchored);
    tcase_add_test(all, test_other_characters_mean_themselves);
    tcase_add_test(all, test_many_stars_are_no_explosion);
}

int main(void)
{
    return suite_run("glob", add);
}
