/* The directives of a scanf format as glibc reads them, one after the other: what each writes to
 * where its argument points. */
#ifndef BASE_SCAN_FORMAT_H
#define BASE_SCAN_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/format_text.h"

enum scan_target {
    SCAN_NOTHING,    /* %%, %*d: no argument */
    SCAN_FIXED,      /* `bytes` bytes: a number, or where an allocated string is put */
    SCAN_CHARS,      /* `width` characters, no terminator */
    SCAN_WIDE_CHARS, /* the same of wchar_t */
    SCAN_STRING,     /* up to `width` characters and a terminator */
    SCAN_WIDE_STRING,
};

struct scan_directive {
    enum scan_target target;
    unsigned bytes; /* SCAN_FIXED */
    int width;      /* 0: none given, and for SCAN_CHARS never */
    int position;   /* from 1 on ("%2$d"); 0: the next argument */
    bool counted;   /* in scanf's result: all that is assigned but %n */
};

/* The next directive of `text`, which then stands behind it. `old_a`: "a" before s, S and [ asks
 * for an allocated string, as in scanf before C99. */
enum format_step scan_format_next(struct format_text *text, bool old_a, struct scan_directive *out);

#endif
