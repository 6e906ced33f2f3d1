/* A string under construction, in memory the caller gives. No allocation, no stdio, no locale: it
 * may be used inside malloc and in signal handlers.
 *
 * With a flush function, a full buffer is handed over and filled again; without one, text that does
 * not fit is cut and `cut` says so. The text is always NUL-terminated. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct strbuf {
    char *data;
    size_t length;   /* bytes in data, without the NUL */
    size_t capacity; /* bytes of data, the NUL's included; at least 1 */
    bool cut;        /* some text did not fit */
    bool (*flush)(void *context, const char *data, size_t length); /* NULL: cut instead */
    void *context;
};

void strbuf_init(struct strbuf *buf, char *data, size_t capacity);
void strbuf_init_flush(struct strbuf *buf, char *data, size_t capacity,
                       bool (*flush)(void *context, const char *data, size_t length),
                       void *context);

void strbuf_bytes(struct strbuf *buf, const char *text, size_t length);
void strbuf_str(struct strbuf *buf, const char *text);
void strbuf_char(struct strbuf *buf, char c);

/* A subset of printf: %s %c %d %i %u %x %p %% with l, ll, z, t and j, field width, '0' and '-'
 * flags, and a precision for %s ("%.*s"). Anything else stops the output there. */
void strbuf_printf(struct strbuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(struct strbuf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Hands what is left to the flush function. False if that, now or earlier, failed. */
bool strbuf_finish(struct strbuf *buf);

#endif
