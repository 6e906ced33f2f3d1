/* base/print_format: the arguments that a printf format takes, beside what glibc's own
 * parse_printf_format() says of it. */
#include "base/print_format.h"

#include <check.h>
#include <printf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

enum { MOST_ARGUMENTS = 64, ROUNDS = 5000 };

struct arguments {
    int count;
    enum print_value values[MOST_ARGUMENTS];
    unsigned count_bytes[MOST_ARGUMENTS];
    enum format_step end; /* how the walk ended */
};

static void add(struct arguments *all, int argument, enum print_value value, unsigned bytes)
{
    if (argument == ARGUMENT_NONE) {
        return;
    }
    int index = argument == ARGUMENT_NEXT ? all->count : argument - 1;
    ck_assert_int_lt(index, MOST_ARGUMENTS);
    all->values[index] = value;
    all->count_bytes[index] = bytes;
    all->count = index >= all->count ? index + 1 : all->count;
}

static struct arguments walk(const void *format, bool wide)
{
    struct arguments all = {.count = 0};
    struct format_text text = {.next = format, .wide = wide};
    struct print_directive directive;
    while ((all.end = print_format_next(&text, &directive)) == FORMAT_DIRECTIVE) {
        add(&all, directive.width_argument, PRINT_INT, 0);
        add(&all, directive.precision_argument, PRINT_INT, 0);
        add(&all, directive.value_argument, directive.value, directive.count_bytes);
    }
    return all;
}

/* What parse_printf_format() calls the type of the value. */
static void is_of_type(const char *format, enum print_value value, int type)
{
    if (type & PA_FLAG_PTR) {
        ck_assert_msg(value == PRINT_COUNT, "%s", format);
        return;
    }
    enum print_value wanted = PRINT_NOTHING;
    switch (type & ~PA_FLAG_MASK) {
    case PA_INT:
    case PA_CHAR:
    case PA_WCHAR:
        wanted = type & (PA_FLAG_LONG | PA_FLAG_LONG_LONG) ? PRINT_LONG : PRINT_INT;
        break;
    case PA_POINTER:
        wanted = PRINT_LONG;
        break;
    case PA_STRING: /* of "%ls" too */
        wanted = value == PRINT_WIDE_STRING ? PRINT_WIDE_STRING : PRINT_STRING;
        break;
    case PA_WSTRING:
        wanted = PRINT_WIDE_STRING;
        break;
    case PA_DOUBLE:
        wanted = type & PA_FLAG_LONG_DOUBLE ? PRINT_LONG_DOUBLE : PRINT_DOUBLE;
        break;
    default:
        ck_abort_msg("%s: type %x", format, (unsigned)type);
    }
    ck_assert_msg(value == wanted, "%s: %d, not %d", format, (int)value, (int)wanted);
}

static void agrees(const char *format)
{
    int types[MOST_ARGUMENTS];
    struct arguments ours = walk(format, false);
    size_t count = parse_printf_format(format, MOST_ARGUMENTS, types);
    ck_assert_msg(ours.end == FORMAT_END, "%s: not understood", format);
    ck_assert_msg((size_t)ours.count == count, "%s: %d arguments, not %zu", format, ours.count,
                  count);
    for (size_t i = 0; i < count; i++) {
        is_of_type(format, ours.values[i], types[i]);
    }
}

static const char *one_of(const char *const *choices, size_t count)
{
    return choices[(size_t)rand() % count];
}
#define ONE_OF(...) \
    one_of((const char *const[]){__VA_ARGS__}, \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void directive(char *text, size_t capacity)
{
    const char *kind = ONE_OF("integer", "float", "text", "other");
    const char *length = "", *conversion;
    if (strcmp(kind, "integer") == 0) {
        length = ONE_OF("", "hh", "h", "l", "ll", "z", "t", "j");
        conversion = ONE_OF("d", "i", "o", "u", "x", "X", "n");
    } else if (strcmp(kind, "float") == 0) {
        length = ONE_OF("", "l", "L");
        conversion = ONE_OF("e", "E", "f", "F", "g", "G", "a", "A");
    } else if (strcmp(kind, "text") == 0) {
        length = ONE_OF("", "l");
        conversion = ONE_OF("s", "c");
    } else {
        conversion = ONE_OF("S", "C", "p", "m");
    }
    snprintf(text, capacity, "%s%%%s%s%s%s%s", ONE_OF("", "text ", "%%", "5$ "),
             ONE_OF("", "-", "0", "+ ", "#", "'", "I"), ONE_OF("", "7", "*", "12"),
             ONE_OF("", ".", ".3", ".*"), length, conversion);
}

START_TEST(test_arguments_are_those_that_libc_reads)
{
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        char format[256] = "", one[32];
        for (int i = rand() % 5; i >= 0; i--) {
            directive(one, sizeof one);
            strcat(format, one);
        }
        agrees(format);
    }
}
END_TEST

START_TEST(test_positions_are_those_that_libc_reads)
{
    agrees("%2$s %1$d");
    agrees("%1$*2$d");
    agrees("%3$-*1$.*2$ld");
    agrees("%1$s %1$s %2$Lf %3$hhn");
}
END_TEST

START_TEST(test_a_wide_format_reads_as_its_narrow_twin)
{
    struct arguments wide = walk(L"a %*.*f %ls %s %n \u20ac %Lf %%", true);
    struct arguments narrow = walk("a %*.*f %ls %s %n E %Lf %%", false);
    ck_assert_int_eq(wide.count, 7);
    ck_assert_mem_eq(&wide, &narrow, sizeof wide);
}
END_TEST

START_TEST(test_a_precision_is_read)
{
    struct format_text text = {.next = "%.12s%.s%.*s%s%5.0s"};
    static const int wanted[] = {12, 0, -1, -1, 0};
    struct print_directive directive;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        ck_assert_int_eq(print_format_next(&text, &directive), FORMAT_DIRECTIVE);
        ck_assert_int_eq(directive.precision, wanted[i]);
        ck_assert_int_eq(directive.value, PRINT_STRING);
    }
    ck_assert_int_eq(print_format_next(&text, &directive), FORMAT_END);
}
END_TEST

START_TEST(test_a_count_is_as_wide_as_libc_writes_it)
{
    static const char *const formats[] = {"%hhn", "%hn", "%n",  "%ln", "%lln",
                                          "%qn",  "%Ln", "%zn", "%tn", "%jn"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        unsigned char count[16];
        char text[8];
        const char *volatile format = formats[i];
        memset(count, 0xff, sizeof count);
        snprintf(text, sizeof text, format, count); /* writes zeros: nothing is printed yet */
        const unsigned char *end = memchr(count, 0xff, sizeof count);
        ck_assert_msg(walk(format, false).count_bytes[0] == (unsigned)(end - count), "%s", format);
    }
}
END_TEST

START_TEST(test_l_makes_text_wide)
{
    struct format_text text = {.next = "%ls%S%s%lc%c"};
    static const enum print_value wanted[] = {PRINT_WIDE_STRING, PRINT_WIDE_STRING, PRINT_STRING,
                                              PRINT_INT, PRINT_INT};
    struct print_directive directive;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        ck_assert_int_eq(print_format_next(&text, &directive), FORMAT_DIRECTIVE);
        ck_assert_int_eq(directive.value, wanted[i]);
    }
}
END_TEST

START_TEST(test_what_is_not_understood_ends_the_walk)
{
    static const char *const formats[] = {"%",
                                          "%d %y %s",
                                          "%5",
                                          "%-",
                                          "%.",
                                          "%.-3s",
                                          "%l",
                                          "%hs",
                                          "%lls",
                                          "%99999999999d",
                                          "%.2147483648s",
                                          "%5%",
                                          "%lp",
                                          "%Ddf",
                                          "%w32d",
                                          "%1$"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct arguments all = walk(formats[i], false);
        ck_assert_msg(all.end == FORMAT_UNKNOWN, "%s", formats[i]);
        ck_assert_int_le(all.count, 1);
    }
}
END_TEST

static void add_tests(TCase *all)
{
    tcase_add_test(all, test_arguments_are_those_that_libc_reads);
    tcase_add_test(all, test_positions_are_those_that_libc_reads);
    tcase_add_test(all, test_a_wide_format_reads_as_its_narrow_twin);
    tcase_add_test(all, test_a_precision_is_read);
    tcase_add_test(all, test_a_count_is_as_wide_as_libc_writes_it);
    tcase_add_test(all, test_l_makes_text_wide);
    tcase_add_test(all, test_what_is_not_understood_ends_the_walk);
}

int main(void)
{
    return suite_run("print_format", add_tests);
}
