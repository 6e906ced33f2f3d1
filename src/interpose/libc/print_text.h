/* How print_plain.c and print_quick.c read formats and strings. Both are compiled without vector
 * registers. */
#ifndef INTERPOSE_LIBC_PRINT_TEXT_H
#define INTERPOSE_LIBC_PRINT_TEXT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interpose/libc/string_last.h"

/* What stands behind a '%' in most formats. Any value takes the place of one pointer in the list of
 * arguments. */
enum plain {
    PLAIN_FLAG = -2, /* or a digit of a width */
    PLAIN_POINT,
    NOT_PLAIN,
    PLAIN_STAR,
    PLAIN_LENGTH,
    PLAIN_VALUE, /* from here on: conversions */
    PLAIN_STRING,
    PLAIN_DOUBLE,
    PLAIN_NOTHING, /* takes no argument */
};

extern int8_t plain_kinds[UCHAR_MAX + 1] HIDDEN;

static ALWAYS_INLINE int kind_at(const char *at)
{
    return plain_kinds[(unsigned char)*at];
}

/* Goes to the next '%' or the end if that is near: two characters or less stand between most
 * values. */
static ALWAYS_INLINE bool text_skip_bytes(const char **at)
{
    for (int i = 0; i < 2; i++, ++*at) {
        if (**at == '%' || **at == '\0') {
            return true;
        }
    }
    return false;
}

/* The next '%' from `at` on, or the end. Reads whole words, which do not reach into other pages. */
static ALWAYS_INLINE const char *text_skip_literal(const char *at)
{
    size_t before = (uintptr_t)at % STRING_WORD;
    uint64_t ignored = (UINT64_C(1) << (CHAR_BIT * before)) - 1;
    for (at -= before;; at += STRING_WORD, ignored = 0) {
        uint64_t word = string_word(at) | ignored;
        uint64_t found = string_word_ends(word) | string_word_ends(word ^ STRING_EACH_BYTE('%'));
        if (found != 0) {
            return at + __builtin_ctzll(found) / CHAR_BIT;
        }
    }
}

/* A call's vector registers for arguments. */
enum { CALL_DOUBLES = 8 };

/* What a call has between its registers, as PRINT_ENTRY() saved them, and its stack. The first of
 * these words is %rax. */
enum { CALL_WORDS_BETWEEN = 2 };

/* Where the next argument is: in a register, else on the stack. */
static ALWAYS_INLINE const uint64_t *call_next(const uint64_t *next, const uint64_t *end)
{
    return UNLIKELY(next == end) ? end + CALL_WORDS_BETWEEN : next;
}

static ALWAYS_INLINE bool call_has_vectors(const uint64_t *end)
{
    return (uint8_t)*end != 0;
}

/* Parts of the look at a call. `at` is in the format, the arguments left are from `next` to `end`
 * and on the stack, and `doubles` is how many vector registers were not yet taken. */
typedef bool look_function(const char *at, const uint64_t *next, const uint64_t *end,
                           unsigned doubles);

/* Understands more than the quick look. */
look_function print_look_well HIDDEN;

#endif
