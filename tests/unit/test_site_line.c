/* base/site_line: allocation sites as text. */
#include "base/site_line.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static bool reads(const char *text, struct site_line *out)
{
    const char *why = NULL;
    bool read = site_line_read(text, strlen(text), out, &why);
    ck_assert_int_eq(read, why == NULL);
    return read;
}

static const uint8_t build_id[] = {0xab, 0x01, 0xff};

START_TEST(test_a_written_line_is_read_back)
{
    char room[512];
    struct strbuf out;
    struct site_line line = {
        .side = SITE_BEFORE, .watch = SITE_WATCH_START, .watch_offset = -3, .block = 7};
    strbuf_init(&out, room, sizeof room);
    site_line_begin(&out, &line);
    site_line_frame(&out, true, build_id, sizeof build_id, "/bin/x", 0x1139);
    site_line_frame(&out, false, NULL, 0, "/a b/c,d%e+f", 0x20);
    ck_assert_str_eq(room, "site side=before watch=start-3 block=7 "
                           "stack=ab01ff+0x1139,/a%20b/c%2cd%25e%2bf+0x20");
    struct site_line read;
    ck_assert(reads(room, &read));
    ck_assert_int_eq(read.side, SITE_BEFORE);
    ck_assert_int_eq(read.watch, SITE_WATCH_START);
    ck_assert_int_eq(read.watch_offset, -3);
    ck_assert_uint_eq(read.block, 7);
    ck_assert_uint_eq(read.count, 2);
    ck_assert_uint_eq(read.frames[0].module, site_module_hash(build_id, sizeof build_id, "/bin/x"));
    ck_assert_uint_eq(read.frames[0].offset, 0x1139);
    ck_assert_uint_eq(read.frames[1].module, site_module_hash(NULL, 0, "/a b/c,d%e+f"));
    ck_assert_uint_eq(read.frames[1].offset, 0x20);
}
END_TEST

START_TEST(test_words_come_in_any_order_and_may_be_missing)
{
    struct site_line line;
    ck_assert(reads("  site\tstack=01+0x1  watch=end+12 ", &line));
    ck_assert_int_eq(line.side, SITE_BOTH);
    ck_assert_int_eq(line.watch, SITE_WATCH_END);
    ck_assert_int_eq(line.watch_offset, 12);
    ck_assert_uint_eq(line.block, 0);
    ck_assert(reads("site stack=[vdso]+0x8\r", &line));
    ck_assert_int_eq(line.watch, SITE_WATCH_NONE);
}
END_TEST

START_TEST(test_nonsense_is_refused)
{
    static const char *const lines[] = {
        "",
        "stack=01+0x1",
        "site",
        "site stack=",
        "site stack=01",
        "site stack=01+1",
        "site stack=0+0x1",
        "site stack=zz+0x1",
        "site stack=01+0xg",
        "site stack=01+0x1,",
        "site stack=/a%2+0x1",
        "site stack=01+0x10000000000000000",
        "site side=left stack=01+0x1",
        "site watch=end stack=01+0x1",
        "site watch=end*1 stack=01+0x1",
        "site watch=end+99999999999 stack=01+0x1",
        "site block=x stack=01+0x1",
        "{\"coalmine\": 1}",
    };
    struct site_line line;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        bool is_empty_tail = strcmp(lines[i], "site stack=01+0x1,") == 0;
        ck_assert_msg(reads(lines[i], &line) == is_empty_tail, "%s", lines[i]);
    }
}
END_TEST

START_TEST(test_only_the_innermost_frames_are_kept)
{
    struct site_line line;
    ck_assert(
        reads("site stack=01+0x1,01+0x2,01+0x3,01+0x4,01+0x5,01+0x6,01+0x7,01+0x8,01+0x9", &line));
    ck_assert_uint_eq(line.count, SITE_FRAMES);
    ck_assert_uint_eq(line.frames[SITE_FRAMES - 1].offset, SITE_FRAMES);
}
END_TEST

START_TEST(test_comments_are_told_apart)
{
    ck_assert(site_line_is_comment("", 0));
    ck_assert(site_line_is_comment(" \t", 2));
    ck_assert(site_line_is_comment("  # x", 5));
    ck_assert(!site_line_is_comment("site", 4));
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_a_written_line_is_read_back);
    tcase_add_test(all, test_words_come_in_any_order_and_may_be_missing);
    tcase_add_test(all, test_nonsense_is_refused);
    tcase_add_test(all, test_only_the_innermost_frames_are_kept);
    tcase_add_test(all, test_comments_are_told_apart);
}

int main(void)
{
    return suite_run("site_line", add);
}
