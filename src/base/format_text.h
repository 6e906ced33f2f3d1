/* A format string of printf's or scanf's, narrow or wide, as it is read: what the directives of
 * both have in common. */
#ifndef BASE_FORMAT_TEXT_H
#define BASE_FORMAT_TEXT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "base/compiler.h"

struct format_text {
    const void *next; /* what is read next */
    bool wide;        /* of wchar_t */
};

enum format_step {
    FORMAT_DIRECTIVE,
    FORMAT_END,
    FORMAT_UNKNOWN, /* not understood: nothing is known of the arguments from here on */
};

/* hh, h, …: what stands before the conversion. z, t and j are as wide as l. */
enum format_length { LENGTH_NONE, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG, LENGTH_LONG_LONG };

static ALWAYS_INLINE uint32_t format_peek(const struct format_text *text)
{
    return text->wide ? (uint32_t) * (const wchar_t *)text->next
                      : *(const unsigned char *)text->next;
}

static ALWAYS_INLINE void format_skip(struct format_text *text)
{
    text->next = (const char *)text->next + (text->wide ? sizeof(wchar_t) : 1);
}

/* Takes the next character if it is `c`. */
static ALWAYS_INLINE bool format_accept(struct format_text *text, uint32_t c)
{
    if (format_peek(text) != c) {
        return false;
    }
    format_skip(text);
    return true;
}

static ALWAYS_INLINE bool format_at_digit(const struct format_text *text)
{
    return format_peek(text) - '0' < 10;
}

/* Goes behind the next `c`. False at the end of the text. */
bool format_skip_past(struct format_text *text, uint32_t c);

/* A number of any length, also none (0). False if no int can hold it. */
bool format_number(struct format_text *text, int *out);

/* N in "N$"; 0, and nothing is taken, where the text is something else. */
int format_position(struct format_text *text);

enum format_length format_length(struct format_text *text);

/* Bytes of an integer of that length. */
unsigned format_integer_bytes(enum format_length length);

#endif
