/* report/guess: what damaged bytes look like, and silence where that would be invention. */
#include "report/guess.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static void expect_at(uintptr_t address, const void *bytes, size_t length, const char *words)
{
    char room[4096];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    guess_bytes(&out, address, bytes, length);
    ck_assert_str_eq(room, words);
}

static void expect(const void *bytes, size_t length, const char *words)
{
    expect_at(0x1000, bytes, length, words);
}

START_TEST(test_text_with_or_without_terminator)
{
    expect("hello", 5, "text");
    expect("hello", 6, "text");
    expect("two\nlines\n", 10, "text");
    expect("ab", 2, "");       /* may be chance */
    expect("ab\0cdef", 7, ""); /* not one string */
    expect("caf\xc3\xa9", 5, "");
}
END_TEST

START_TEST(test_zeros_and_terminator)
{
    expect("", 1, "a string terminator");
    expect("\0\0\0\0", 4, "zeros");
}
END_TEST

START_TEST(test_small_numbers_of_usual_widths)
{
    const int32_t narrow = 42;
    const int64_t wide = 99999, large = 100000;
    expect(&narrow, 4, "the number 42");
    expect(&wide, 8, "the number 99999");
    expect(&large, 8, "");
    expect(&narrow, 3, "");
}
END_TEST

START_TEST(test_pointers_into_modules)
{
    const void *pointer = stdout;
    expect(&pointer, 8, "a pointer into libc.so.6");
    expect(&pointer, 6, "a pointer into libc.so.6"); /* its zero bytes may show no change */
    const uint64_t odd = 0x7f1213140506; /* a real one may happen to be five letters */
    expect(&odd, 5, "");
    char shifted[12] = "\1\1\1\1";
    memcpy(shifted + 4, &pointer, 8);
    expect_at(0x1004, shifted, 12, "a pointer into libc.so.6");
    expect_at(0x1000, shifted, 12, ""); /* not where a pointer would be stored */
}
END_TEST

START_TEST(test_nothing_is_no_guess)
{
    expect("", 0, "");
    expect("\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8", 8, "");
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_text_with_or_without_terminator);
    tcase_add_test(all, test_zeros_and_terminator);
    tcase_add_test(all, test_small_numbers_of_usual_widths);
    tcase_add_test(all, test_pointers_into_modules);
    tcase_add_test(all, test_nothing_is_no_guess);
}

int main(void)
{
    return suite_run("report_guess", add);
}
