/* Whether strings end in their blocks, by quick looks at their first bytes, and at the last of the
 * block: most strings are short, or as long as their block. No answer is found here that the C
 * library's functions would not give; where none is found the call takes the long way, by check.c.
 *
 * As in the C library's own functions, bytes behind a string's end may be looked at that lie in the
 * same page as its first. `room` is what the string's block has left from there, in bytes. */
#ifndef INTERPOSE_LIBC_STRING_ENDS_H
#define INTERPOSE_LIBC_STRING_ENDS_H

#include <emmintrin.h>

#include "interpose/libc/check.h"
#include "interpose/libc/string_last.h"

enum { STRING_PART = sizeof(__m128i), STRING_PARTS = 4 };

/* True if so many bytes from the string's first on are in one page. */
static ALWAYS_INLINE bool string_page_has(const char *text, size_t bytes)
{
    return LIKELY((uintptr_t)text % OS_PAGE <= OS_PAGE - bytes);
}

static ALWAYS_INLINE __m128i string_part(const char *text)
{
    return _mm_loadu_si128((const __m128i *)text);
}

/* Bit i: byte i is the same in both. */
static ALWAYS_INLINE unsigned string_part_equals(__m128i a, __m128i b)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}

static ALWAYS_INLINE unsigned string_part_ends(__m128i part)
{
    return string_part_equals(part, _mm_setzero_si128());
}

/* The length of a string that ends in its first part, be that in its block or not; STRING_PART: it
 * does not, or was not looked at. */
static ALWAYS_INLINE unsigned string_first_length(const char *text)
{
    if (!string_page_has(text, STRING_PART)) {
        return STRING_PART;
    }
    return (unsigned)__builtin_ctz(string_part_ends(string_part(text)) | 1u << STRING_PART);
}

/* True if two strings differ, or both end, in their first parts and before `limit`, or if they are
 * equal that far and the limit is the call's count: `result` is what strncmp() would answer then.
 * Both have as much as the limit, which is not 0. */
static ALWAYS_INLINE bool string_first_compare(const char *a, const char *b, size_t limit,
                                               bool limit_is_count, int *result)
{
    if (!string_page_has(a, STRING_PART) || !string_page_has(b, STRING_PART)) {
        return false;
    }
    __m128i in_a = string_part(a);
    unsigned same = string_part_equals(in_a, string_part(b)), ends = string_part_ends(in_a);
    unsigned at = (unsigned)__builtin_ctz(~same | ends); /* STRING_PART, if nothing is found */
    if (at >= limit) {
        *result = 0;
        return limit_is_count;
    }
    if (at == STRING_PART) {
        return false;
    }
    *result = (unsigned char)a[at] - (unsigned char)b[at];
    return true;
}

/* True if it is seen at once that a string ends in its block. */
static ALWAYS_INLINE bool string_ends_at_once(const char *text, size_t room)
{
    if (UNLIKELY(room == 0)) {
        return false;
    }
    if (string_page_has(text, STRING_PARTS * STRING_PART)) {
        for (unsigned at = 0; at < STRING_PARTS * STRING_PART; at += STRING_PART) {
            unsigned ends = string_part_ends(string_part(text + at));
            if (ends) {
                return at + (unsigned)__builtin_ctz(ends) < room;
            }
        }
    }
    return string_ends_last(text, room);
}

/* The same of two, of which those outside of the heap are not judged. */
static ALWAYS_INLINE bool strings_are_plain(const char *a, const char *b)
{
    struct bounds bounds;
    if (call_concerns(a)) {
        if (!call_bounds_near(a, &bounds) || !string_ends_at_once(a, bounds.room)) {
            return false;
        }
        size_t room = bounds.room + ((uintptr_t)a - (uintptr_t)b);
        if (room <= bounds.size) {
            return string_ends_at_once(b, room);
        }
    }
    return !call_concerns(b) ||
           (call_bounds_near(b, &bounds) && string_ends_at_once(b, bounds.room));
}

#endif
