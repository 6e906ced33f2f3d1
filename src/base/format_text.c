#include "base/format_text.h"

#include <stddef.h>

bool format_skip_past(struct format_text *text, uint32_t c)
{
    for (;;) {
        uint32_t next = format_peek(text);
        if (next == '\0') {
            return false;
        }
        format_skip(text);
        if (next == c) {
            return true;
        }
    }
}

bool format_number(struct format_text *text, int *out)
{
    int number = 0;
    bool fits = true;
    for (; format_at_digit(text); format_skip(text)) {
        int digit = (int)(format_peek(text) - '0');
        fits = fits && number <= (INT_MAX - digit) / 10;
        number = fits ? 10 * number + digit : 0;
    }
    *out = number;
    return fits;
}

int format_position(struct format_text *text)
{
    struct format_text ahead = *text;
    int position;
    if (!format_number(&ahead, &position) || position == 0 || !format_accept(&ahead, '$')) {
        return 0;
    }
    *text = ahead;
    return position;
}

enum format_length format_length(struct format_text *text)
{
    switch (format_peek(text)) {
    case 'h':
        format_skip(text);
        return format_accept(text, 'h') ? LENGTH_CHAR : LENGTH_SHORT;
    case 'l':
        format_skip(text);
        return format_accept(text, 'l') ? LENGTH_LONG_LONG : LENGTH_LONG;
    case 'L':
    case 'q':
        format_skip(text);
        return LENGTH_LONG_LONG;
    case 'z':
    case 'Z':
    case 't':
    case 'j':
        format_skip(text);
        return LENGTH_LONG;
    default:
        return LENGTH_NONE;
    }
}

unsigned format_integer_bytes(enum format_length length)
{
    switch (length) {
    case LENGTH_CHAR:
        return sizeof(char);
    case LENGTH_SHORT:
        return sizeof(short);
    case LENGTH_NONE:
        return sizeof(int);
    default:
        return sizeof(long);
    }
}
