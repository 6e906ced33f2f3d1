#include "base/scan_format.h"

static bool is_string(uint32_t conversion)
{
    return conversion == 's' || conversion == 'S' || conversion == '[';
}

/* Behind '[': up to and with the ']' that ends the set; one that stands first belongs to it. */
static bool skip_set(struct format_text *text)
{
    format_accept(text, '^');
    format_accept(text, ']');
    return format_skip_past(text, ']');
}

/* "m", or "a" where that means the same. */
static bool accept_allocation(struct format_text *text, bool old_a)
{
    if (format_accept(text, 'm')) {
        return true;
    }
    struct format_text ahead = *text;
    if (!old_a || !format_accept(&ahead, 'a') || !is_string(format_peek(&ahead))) {
        return false;
    }
    *text = ahead;
    return true;
}

static void becomes_fixed(struct scan_directive *out, unsigned bytes)
{
    out->target = SCAN_FIXED;
    out->bytes = bytes;
}

static bool read_text(uint32_t conversion, enum format_length length, struct scan_directive *out)
{
    bool upper = conversion == 'S' || conversion == 'C';
    bool wide = upper || length == LENGTH_LONG;
    if (conversion == 'c' || conversion == 'C') {
        out->target = wide ? SCAN_WIDE_CHARS : SCAN_CHARS;
        out->width = out->width ? out->width : 1;
    } else {
        out->target = wide ? SCAN_WIDE_STRING : SCAN_STRING;
    }
    return length == LENGTH_NONE || (length == LENGTH_LONG && !upper);
}

/* How many bytes a floating-point number takes; 0 where the length has no meaning for it. */
static unsigned float_bytes(enum format_length length)
{
    switch (length) {
    case LENGTH_NONE:
        return sizeof(float);
    case LENGTH_LONG:
        return sizeof(double);
    case LENGTH_LONG_LONG:
        return sizeof(long double);
    default:
        return 0;
    }
}

static bool read_conversion(struct format_text *text, enum format_length length,
                            struct scan_directive *out)
{
    uint32_t conversion = format_peek(text);
    if (conversion == '\0') {
        return false;
    }
    format_skip(text);
    switch (conversion) {
    case 'n':
        out->counted = false;
        becomes_fixed(out, format_integer_bytes(length));
        return true;
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        becomes_fixed(out, format_integer_bytes(length));
        return true;
    case 'p':
        becomes_fixed(out, sizeof(void *));
        return length == LENGTH_NONE;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        becomes_fixed(out, float_bytes(length));
        return out->bytes > 0;
    case '[':
        return read_text(conversion, length, out) && skip_set(text);
    case 's':
    case 'S':
    case 'c':
    case 'C':
        return read_text(conversion, length, out);
    default:
        return false;
    }
}

static bool is_text(const struct scan_directive *directive)
{
    return directive->target != SCAN_FIXED;
}

enum format_step scan_format_next(struct format_text *text, bool old_a, struct scan_directive *out)
{
    if (!format_skip_past(text, '%')) {
        return FORMAT_END;
    }
    *out = (struct scan_directive){.target = SCAN_NOTHING};
    if (format_accept(text, '%')) {
        return FORMAT_DIRECTIVE;
    }
    out->position = format_position(text);
    bool suppressed = false;
    for (;;) {
        if (format_accept(text, '*')) {
            suppressed = true;
        } else if (!format_accept(text, '\'') && !format_accept(text, 'I')) {
            break;
        }
    }
    if (!format_number(text, &out->width)) {
        return FORMAT_UNKNOWN;
    }
    bool allocates = accept_allocation(text, old_a);
    out->counted = !suppressed;
    if (!read_conversion(text, format_length(text), out) || (allocates && !is_text(out))) {
        return FORMAT_UNKNOWN;
    }
    if (suppressed) {
        out->target = SCAN_NOTHING;
    } else if (allocates) {
        becomes_fixed(out, sizeof(void *));
    }
    return FORMAT_DIRECTIVE;
}
