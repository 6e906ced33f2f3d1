/* report/json, report/document: valid JSON and UTF-8, whatever the bytes. */
#include "report/document.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "support/suite.h"

static char room[16384];
static struct strbuf out;

static void begin(struct json *json)
{
    strbuf_init(&out, room, sizeof room);
    *json = (struct json){.out = &out};
}

static void expect_text(const char *text, const char *quoted)
{
    struct json json;
    begin(&json);
    json_text(&json, text);
    ck_assert_str_eq(room, quoted);
}

START_TEST(test_quotes_and_control_characters_are_escaped)
{
    expect_text("", "\"\"");
    expect_text("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    expect_text("line\nnext\ttab\r\001\177", "\"line\\nnext\\ttab\\u000d\\u0001\\u007f\"");
}
END_TEST

START_TEST(test_valid_utf8_passes)
{
    expect_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    expect_text("\xed\x9f\xbf\xf4\x8f\xbf\xbf", "\"\xed\x9f\xbf\xf4\x8f\xbf\xbf\"");
}
END_TEST

START_TEST(test_invalid_utf8_is_replaced)
{
    expect_text("\x80", "\"\\ufffd\"");
    expect_text("a\xff"
                "b",
                "\"a\\ufffdb\"");
    expect_text("\xc3", "\"\\ufffd\"");                                  /* cut short */
    expect_text("\xe2\x82", "\"\\ufffd\\ufffd\"");                       /* cut short */
    expect_text("\xc0\xaf", "\"\\ufffd\\ufffd\"");                       /* overlong */
    expect_text("\xe0\x80\x80", "\"\\ufffd\\ufffd\\ufffd\"");            /* overlong */
    expect_text("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");            /* a surrogate */
    expect_text("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* above U+10FFFF */
}
END_TEST

START_TEST(test_commas_stand_between_values_only)
{
    struct json json;
    begin(&json);
    json_open(&json, '{');
    json_open_at(&json, "a", '[');
    json_unsigned(&json, 1);
    json_signed(&json, -2);
    json_open(&json, '{');
    json_close(&json, '}');
    json_close(&json, ']');
    json_text_at(&json, "b", "c");
    json_name(&json, "d");
    json_bool(&json, true);
    json_close(&json, '}');
    ck_assert_str_eq(room, "{\"a\":[1,-2,{}],\"b\":\"c\",\"d\":true}");
}
END_TEST

static const struct frame frames[] = {{.function = "f",
                                       .file = "f.c",
                                       .line = 3,
                                       .module = "/bin/x",
                                       .offset = 256,
                                       .build_id = (const uint8_t *)"\xab\xcd",
                                       .build_id_length = 2,
                                       .inlined = true},
                                      {.offset = 0x7f00}};

static void has(const char *piece)
{
    ck_assert_msg(strstr(room, piece) != NULL, "%s is not in %s", piece, room);
}

START_TEST(test_document_has_every_member)
{
    struct options options;
    options_defaults(&options);
    options_finish(&options);
    const char *const argv[] = {"./x", "\xff", NULL};
    struct told_error error = {.finding = {.kind = FINDING_OVERFLOW,
                                           .access = ACCESS_WRITE,
                                           .detected = DETECTED_FREE,
                                           .has_block = true,
                                           .has_offset = true,
                                           .offset = 24,
                                           .bad_bytes = 2,
                                           .damage_length = 2,
                                           .damage = "A\1",
                                           .block = {.address = 0x1000,
                                                     .size_bytes = 24,
                                                     .alignment_bytes = 16,
                                                     .state = BLOCK_LIVE,
                                                     .via = API_NEW_ARRAY},
                                           .function = API_FREE},
                               .count = 3,
                               .alloc = {frames, 2},
                               .alloc_thread = {7, "x"},
                               .guess = "text"};
    const struct leak_report leaks = {
        .count = 1, .blocks = 2, .bytes = 48, .indirect_blocks = 1, .indirect_bytes = 9};
    const struct told_leak groups[] = {
        {.group = {.blocks = 2, .bytes = 48, .indirect_blocks = 1, .indirect_bytes = 9}}};
    const char *const notes[] = {"one"};
    const struct told_run run = {
        .program = "/bin/x",
        .argv = argv,
        .pid = 7,
        .time = "2026-01-01T00:00:00Z",
        .errors = &error,
        .error_count = 3,
        .leaks = &leaks,
        .leak_groups = groups,
        .heap = {.live_blocks = 1, .live_bytes = 2, .peak_bytes = 3, .allocations = 4, .frees = 5},
        .incomplete = notes,
        .incomplete_count = 1,
        .exit_status = 23};
    strbuf_init(&out, room, sizeof room);
    document_start(&out, &run, &options);
    document_error(&out, &error, true);
    document_end(&out, &run);
    ck_assert(!out.cut);
    has("{\"coalmine\":1,\"program\":\"/bin/x\",\"argv\":[\"./x\",\"\\ufffd\"],\"pid\":7,"
        "\"time\":\"2026-01-01T00:00:00Z\",\"options\":{\"mode\":\"debug\"");
    has("\"errors\":[{\"kind\":\"heap-buffer-overflow\",\"access\":\"write\",\"detected\":\"free\","
        "\"function\":\"free\",\"count\":3,\"bytes\":2,\"offset\":24,");
    has("\"block\":{\"address\":\"0x1000\",\"size\":24,\"state\":\"live\",\"via\":\"operator "
        "new[]\"}");
    has("\"stacks\":{\"access\":[],\"alloc\":[{\"function\":\"f\",\"file\":\"f.c\",\"line\":3,"
        "\"module\":\"/bin/x\",\"offset\":256,\"build_id\":\"abcd\",\"inlined\":true},"
        "{\"address\":\"0x7f00\",\"inlined\":false}],\"free\":[]}");
    has("\"threads\":{\"access\":{},\"alloc\":{\"tid\":7,\"name\":\"x\"},\"free\":{}}");
    has("\"damage\":{\"offset\":24,\"hex\":\"4101\",\"text\":\"A.\",\"guess\":\"text\"}");
    has("\"leaks\":[{\"leak_kind\":\"definite\",\"blocks\":2,\"bytes\":48,\"indirect_blocks\":1,"
        "\"indirect_bytes\":9,");
    has("\"heap\":{\"live_blocks\":1,\"live_bytes\":2,\"peak_bytes\":3,\"allocations\":4,\"frees\":"
        "5");
    has("\"incomplete\":[\"one\"]");
    has("\"summary\":{\"errors\":3,\"leaked_blocks\":3,\"leaked_bytes\":57,\"exitcode\":23}}\n");
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_quotes_and_control_characters_are_escaped);
    tcase_add_test(all, test_valid_utf8_passes);
    tcase_add_test(all, test_invalid_utf8_is_replaced);
    tcase_add_test(all, test_commas_stand_between_values_only);
    tcase_add_test(all, test_document_has_every_member);
}

int main(void)
{
    return suite_run("report_json", add);
}
