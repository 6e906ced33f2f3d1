/* base/scan_format: what a scanf directive writes, beside what glibc's sscanf really does. */
#include "base/scan_format.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static struct scan_directive only(const char *format, bool old_a)
{
    struct format_text text = {.next = format};
    struct scan_directive directive;
    ck_assert_msg(scan_format_next(&text, old_a, &directive) == FORMAT_DIRECTIVE, "%s", format);
    struct scan_directive none;
    ck_assert_msg(scan_format_next(&text, old_a, &none) == FORMAT_END, "%s", format);
    return directive;
}

static int scan(const char *input, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vsscanf(input, format, arguments);
    va_end(arguments);
    return result;
}

/* Bytes that a call of sscanf with this one directive changes: it is made over two patterns, so
 * that no written byte looks untouched. */
static size_t bytes_written(const char *input, const char *format, int *result)
{
    unsigned char over_zeros[256], over_ones[256];
    memset(over_zeros, 0, sizeof over_zeros);
    memset(over_ones, 0xff, sizeof over_ones);
    *result = scan(input, format, over_zeros);
    scan(input, format, over_ones);
    size_t last = sizeof over_zeros;
    while (last > 0 && over_zeros[last - 1] == 0 && over_ones[last - 1] == 0xff) {
        last--;
    }
    return last;
}

static void writes(const char *format, const char *input, enum scan_target target, size_t bytes)
{
    struct scan_directive directive = only(format, false);
    int result;
    ck_assert_msg(directive.target == target, "%s: target %d", format, (int)directive.target);
    ck_assert_msg(bytes_written(input, format, &result) == bytes, "%s: libc writes something else",
                  format);
    ck_assert_msg(result == directive.counted, "%s: result %d", format, result);
    switch (target) {
    case SCAN_FIXED:
        ck_assert_msg(directive.bytes == bytes, "%s: %u bytes", format, directive.bytes);
        break;
    case SCAN_CHARS:
        ck_assert_msg((size_t)directive.width == bytes, "%s", format);
        break;
    case SCAN_WIDE_CHARS:
        ck_assert_msg((size_t)directive.width * sizeof(wchar_t) == bytes, "%s", format);
        break;
    default:
        break;
    }
}

START_TEST(test_numbers_take_what_libc_writes)
{
    static const struct {
        const char *length;
        size_t bytes;
    } lengths[] = {{"hh", 1}, {"h", 2}, {"", 4},  {"l", 8}, {"ll", 8},
                   {"q", 8},  {"L", 8}, {"z", 8}, {"t", 8}, {"j", 8}};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (const char *conversion = "dioux"; *conversion; conversion++) {
            char format[16];
            snprintf(format, sizeof format, "%%%s%c", lengths[i].length, *conversion);
            writes(format, "17", SCAN_FIXED, lengths[i].bytes);
            snprintf(format, sizeof format, "%%3%s%c", lengths[i].length, *conversion);
            writes(format, "17", SCAN_FIXED, lengths[i].bytes);
        }
        char format[16];
        snprintf(format, sizeof format, "%%%sn", lengths[i].length);
        writes(format, "", SCAN_FIXED, lengths[i].bytes);
    }
    writes("%p", "0x10", SCAN_FIXED, sizeof(void *));
    writes("%f", "1.5", SCAN_FIXED, sizeof(float));
    writes("%lg", "1.5", SCAN_FIXED, sizeof(double));
    writes("%'d", "17", SCAN_FIXED, sizeof(int));
}
END_TEST

START_TEST(test_characters_take_their_width)
{
    writes("%c", "x", SCAN_CHARS, 1);
    writes("%5c", "abcdefg", SCAN_CHARS, 5);
    writes("%lc", "x", SCAN_WIDE_CHARS, 4);
    writes("%3C", "abcd", SCAN_WIDE_CHARS, 12);
}
END_TEST

START_TEST(test_strings_take_a_terminator_more)
{
    writes("%s", "hello", SCAN_STRING, 6);
    writes("%3s", "hello", SCAN_STRING, 4);
    ck_assert_int_eq(only("%3s", false).width, 3);
    ck_assert_int_eq(only("%s", false).width, 0);
    writes("%ls", "hello", SCAN_WIDE_STRING, 24);
    writes("%S", "hi", SCAN_WIDE_STRING, 12);
    writes("%[a-z]", "abc9", SCAN_STRING, 4);
    writes("%[^]]", "ab]c", SCAN_STRING, 3);
    writes("%[]a]", "a]b", SCAN_STRING, 3);
    writes("%l[abc]", "cab", SCAN_WIDE_STRING, 16);
}
END_TEST

START_TEST(test_an_allocated_string_takes_a_pointer)
{
    static const char *const formats[] = {"%ms", "%m[a-z]", "%mc", "%mls", "%mS", "%10ms"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct scan_directive directive = only(formats[i], false);
        char *text = NULL;
        ck_assert_int_eq(directive.target, SCAN_FIXED);
        ck_assert_uint_eq(directive.bytes, sizeof text);
        ck_assert_int_eq(scan("hello", formats[i], &text), 1);
        ck_assert_ptr_nonnull(text);
        free(text);
    }
}
END_TEST

START_TEST(test_old_a_allocates_before_strings_only)
{
    ck_assert_uint_eq(only("%as", true).bytes, sizeof(char *));
    ck_assert_uint_eq(only("%a[x]", true).bytes, sizeof(char *));
    ck_assert_uint_eq(only("%a", true).bytes, sizeof(float));
    ck_assert_uint_eq(only("%as", false).bytes, sizeof(float));
    ck_assert_uint_eq(only("%a[x]", false).bytes, sizeof(float));
}
END_TEST

START_TEST(test_what_is_suppressed_takes_no_argument)
{
    static const char *const formats[] = {"%*d", "%*5s", "%*[^,]", "%%", "%*c", "%*lf"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct scan_directive directive = only(formats[i], false);
        ck_assert_int_eq(directive.target, SCAN_NOTHING);
        ck_assert(!directive.counted);
    }
}
END_TEST

START_TEST(test_positions_are_read)
{
    ck_assert_int_eq(only("%2$d", false).position, 2);
    ck_assert_int_eq(only("%12$5s", false).position, 12);
    ck_assert_int_eq(only("%12$5s", false).width, 5);
    ck_assert_int_eq(only("%12s", false).position, 0);
}
END_TEST

START_TEST(test_a_wide_format_reads_as_its_narrow_twin)
{
    struct format_text wide = {.next = L"%d \u20ac %5ls%*[^]x]%n", .wide = true};
    struct format_text narrow = {.next = "%d E %5ls%*[^]x]%n"};
    struct scan_directive one, other;
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(scan_format_next(&wide, false, &one), FORMAT_DIRECTIVE);
        ck_assert_int_eq(scan_format_next(&narrow, false, &other), FORMAT_DIRECTIVE);
        ck_assert_int_eq(one.target, other.target);
        ck_assert_uint_eq(one.bytes, other.bytes);
        ck_assert_int_eq(one.width, other.width);
        ck_assert(one.counted == other.counted);
    }
    ck_assert_int_eq(scan_format_next(&wide, false, &one), FORMAT_END);
}
END_TEST

START_TEST(test_what_is_not_understood_ends_the_walk)
{
    static const char *const formats[] = {"%",  "%5",   "%[abc", "%[]",          "%hs",
                                          "%y", "%md",  "%lp",   "%l",           "%m",
                                          "%*", "%lls", "%hhc",  "%99999999999s"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct format_text text = {.next = formats[i]};
        struct scan_directive directive;
        ck_assert_msg(scan_format_next(&text, false, &directive) == FORMAT_UNKNOWN, "%s",
                      formats[i]);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_numbers_take_what_libc_writes);
    tcase_add_test(all, test_characters_take_their_width);
    tcase_add_test(all, test_strings_take_a_terminator_more);
    tcase_add_test(all, test_an_allocated_string_takes_a_pointer);
    tcase_add_test(all, test_old_a_allocates_before_strings_only);
    tcase_add_test(all, test_what_is_suppressed_takes_no_argument);
    tcase_add_test(all, test_positions_are_read);
    tcase_add_test(all, test_a_wide_format_reads_as_its_narrow_twin);
    tcase_add_test(all, test_what_is_not_understood_ends_the_walk);
}

int main(void)
{
    return suite_run("scan_format", add);
}
