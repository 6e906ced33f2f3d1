#include "base/strbuf.h"

#include <string.h>

void strbuf_init(struct strbuf *buf, char *data, size_t capacity)
{
    strbuf_init_flush(buf, data, capacity, NULL, NULL);
}

void strbuf_init_flush(struct strbuf *buf, char *data, size_t capacity,
                       bool (*flush)(void *context, const char *data, size_t length), void *context)
{
    *buf = (struct strbuf){.data = data, .capacity = capacity, .flush = flush, .context = context};
    data[0] = '\0';
}

static void drain(struct strbuf *buf)
{
    if (buf->flush && buf->length > 0) {
        buf->cut |= !buf->flush(buf->context, buf->data, buf->length);
        buf->length = 0;
    }
}

void strbuf_bytes(struct strbuf *buf, const char *text, size_t length)
{
    while (length > 0) {
        size_t room = buf->capacity - 1 - buf->length;
        if (room == 0) {
            if (!buf->flush || buf->capacity < 2) {
                buf->cut = true;
                break;
            }
            drain(buf);
            continue;
        }
        size_t part = length < room ? length : room;
        memcpy(buf->data + buf->length, text, part);
        buf->length += part;
        text += part;
        length -= part;
    }
    buf->data[buf->length] = '\0';
}

void strbuf_str(struct strbuf *buf, const char *text)
{
    strbuf_bytes(buf, text, strlen(text));
}

void strbuf_char(struct strbuf *buf, char c)
{
    strbuf_bytes(buf, &c, 1);
}

bool strbuf_finish(struct strbuf *buf)
{
    drain(buf);
    buf->data[buf->length] = '\0';
    return !buf->cut;
}

struct spec {
    bool left, zero;
    int width;
    int precision; /* -1: none */
    int longs;     /* how many l; z, t and j count as one */
};

static void padded(struct strbuf *buf, const char *text, size_t length, const struct spec *spec)
{
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    size_t pad = width > length ? width - length : 0;
    if (!spec->left && spec->zero && length > 0 && text[0] == '-') {
        strbuf_char(buf, '-');
        text++;
        length--;
    }
    for (size_t i = 0; !spec->left && i < pad; i++) {
        strbuf_char(buf, spec->zero ? '0' : ' ');
    }
    strbuf_bytes(buf, text, length);
    for (size_t i = 0; spec->left && i < pad; i++) {
        strbuf_char(buf, ' ');
    }
}

static void number(struct strbuf *buf, uint64_t value, bool negative, unsigned base,
                   const struct spec *spec)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    if (negative) {
        digits[--at] = '-';
    }
    padded(buf, digits + at, sizeof digits - at, spec);
}

static const char *parse_spec(const char *p, struct spec *spec, va_list *args)
{
    *spec = (struct spec){.precision = -1};
    for (; *p == '-' || *p == '0'; p++) {
        spec->left |= *p == '-';
        spec->zero |= *p == '0';
    }
    if (*p == '*') {
        spec->width = va_arg(*args, int);
        p++;
    }
    for (; *p >= '0' && *p <= '9'; p++) {
        spec->width = spec->width * 10 + (*p - '0');
    }
    if (*p == '.') {
        p++;
        spec->precision = 0;
        if (*p == '*') {
            spec->precision = va_arg(*args, int);
            p++;
        }
        for (; *p >= '0' && *p <= '9'; p++) {
            spec->precision = spec->precision * 10 + (*p - '0');
        }
    }
    for (; *p == 'l' || *p == 'z' || *p == 't' || *p == 'j'; p++) {
        spec->longs++;
    }
    return p;
}

static void text_argument(struct strbuf *buf, const char *text, const struct spec *spec)
{
    text = text ? text : "(null)";
    size_t length = spec->precision >= 0 ? strnlen(text, (size_t)spec->precision) : strlen(text);
    padded(buf, text, length, spec);
}

/* One conversion; false for one we do not know. */
static bool convert(struct strbuf *buf, char kind, const struct spec *spec, va_list *args)
{
    switch (kind) {
    case 's':
        text_argument(buf, va_arg(*args, const char *), spec);
        return true;
    case 'c':
        strbuf_char(buf, (char)va_arg(*args, int));
        return true;
    case 'd':
    case 'i': {
        int64_t value = spec->longs ? va_arg(*args, long) : va_arg(*args, int);
        number(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0, 10, spec);
        return true;
    }
    case 'u':
    case 'x': {
        uint64_t value = spec->longs ? va_arg(*args, unsigned long) : va_arg(*args, unsigned);
        number(buf, value, false, kind == 'x' ? 16 : 10, spec);
        return true;
    }
    case 'p':
        strbuf_str(buf, "0x");
        number(buf, (uintptr_t)va_arg(*args, void *), false, 16, spec);
        return true;
    case '%':
        strbuf_char(buf, '%');
        return true;
    default:
        return false;
    }
}

void strbuf_vprintf(struct strbuf *buf, const char *format, va_list given)
{
    va_list args;
    va_copy(args, given);
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            const char *end = strchrnul(p, '%');
            strbuf_bytes(buf, p, (size_t)(end - p));
            p = end - 1;
            continue;
        }
        struct spec spec;
        p = parse_spec(p + 1, &spec, &args);
        if (!*p || !convert(buf, *p, &spec, &args)) {
            break;
        }
    }
    va_end(args);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_vprintf(buf, format, args);
    va_end(args);
}
