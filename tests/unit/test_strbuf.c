/* base/strbuf: text built without stdio, beside what printf makes of the same arguments. */
#include "base/strbuf.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

#define BOTH(...) \
    do { \
        char ours[128], theirs[128]; \
        struct strbuf buf; \
        strbuf_init(&buf, ours, sizeof ours); \
        strbuf_printf(&buf, __VA_ARGS__); \
        snprintf(theirs, sizeof theirs, __VA_ARGS__); \
        ck_assert_str_eq(ours, theirs); \
    } while (0)

START_TEST(test_printf_agrees_with_libc)
{
    BOTH("%d %i %u %x", -7, 0, 42u, 0xbeefu);
    BOTH("%ld %lu %lx", LONG_MIN, ULONG_MAX, 0x123456789abcdefl);
    BOTH("%lld %llu", LLONG_MIN, ULLONG_MAX);
    BOTH("%zu %td %ju", (size_t)77, (ptrdiff_t)-3, (uintmax_t)5);
    BOTH("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
    BOTH("[%8s] [%-8s] [%.2s] [%.*s]", "abc", "abc", "abc", 1, "abc");
    BOTH("[%*d] [%02x]", 6, 9, 7u);
    BOTH("%c%c%%", 'o', 'k');
    BOTH("%p", (void *)0x1234);
}
END_TEST

START_TEST(test_text_that_does_not_fit_is_cut_and_told)
{
    char room[8];
    struct strbuf buf;
    strbuf_init(&buf, room, sizeof room);
    strbuf_str(&buf, "1234567");
    ck_assert(!buf.cut);
    strbuf_char(&buf, '8');
    ck_assert(buf.cut);
    ck_assert_str_eq(room, "1234567");
    ck_assert_uint_eq(buf.length, 7);
    ck_assert(!strbuf_finish(&buf));
}
END_TEST

struct sink {
    char text[256];
    size_t length;
    bool works;
};

static bool take(void *context, const char *data, size_t length)
{
    struct sink *sink = context;
    memcpy(sink->text + sink->length, data, length);
    sink->length += length;
    return sink->works;
}

START_TEST(test_a_full_buffer_is_handed_over)
{
    for (size_t capacity = 2; capacity < 12; capacity++) {
        char room[12];
        struct sink sink = {.works = true};
        struct strbuf buf;
        strbuf_init_flush(&buf, room, capacity, take, &sink);
        strbuf_printf(&buf, "%s, %d and %c", "one text longer than the buffer", 12345, '!');
        ck_assert(strbuf_finish(&buf));
        sink.text[sink.length] = '\0';
        ck_assert_str_eq(sink.text, "one text longer than the buffer, 12345 and !");
    }
}
END_TEST

START_TEST(test_a_flush_that_fails_is_told)
{
    char room[4];
    struct sink sink = {.works = false};
    struct strbuf buf;
    strbuf_init_flush(&buf, room, sizeof room, take, &sink);
    strbuf_str(&buf, "abcdefgh");
    ck_assert(!strbuf_finish(&buf));
}
END_TEST

START_TEST(test_a_buffer_of_one_byte_holds_the_terminator)
{
    char room[2] = "xy";
    struct strbuf buf;
    strbuf_init(&buf, room, 1);
    strbuf_str(&buf, "a");
    ck_assert_int_eq(room[0], '\0');
    ck_assert_int_eq(room[1], 'y');
    ck_assert(buf.cut);
}
END_TEST

START_TEST(test_null_text_prints_as_such)
{
    char room[32];
    struct strbuf buf;
    strbuf_init(&buf, room, sizeof room);
    const char *volatile none = NULL;
    strbuf_printf(&buf, "<%s>", none);
    ck_assert_str_eq(room, "<(null)>");
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_printf_agrees_with_libc);
    tcase_add_test(all, test_text_that_does_not_fit_is_cut_and_told);
    tcase_add_test(all, test_a_full_buffer_is_handed_over);
    tcase_add_test(all, test_a_flush_that_fails_is_told);
    tcase_add_test(all, test_a_buffer_of_one_byte_holds_the_terminator);
    tcase_add_test(all, test_null_text_prints_as_such);
}

int main(void)
{
    return suite_run("strbuf", add);
}
