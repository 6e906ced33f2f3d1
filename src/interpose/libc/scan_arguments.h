/* Where a scanf call puts what it reads. Numbers and characters have a size that the format says:
 * judged before the call. How long a string becomes, the input says: judged after it. */
#ifndef INTERPOSE_LIBC_SCAN_ARGUMENTS_H
#define INTERPOSE_LIBC_SCAN_ARGUMENTS_H

#include <stdarg.h>
#include <stdbool.h>

#include "interpose/libc/detour.h"

struct scan {
    const struct call *call;
    const void *format;
    bool wide;  /* of the wscanf family */
    bool old_a; /* "%as" allocates: scanf before C99 */
};

/* Both walk over a copy of `arguments`, and end where the format is not understood. */
void scan_judge_before(const struct scan *scan, va_list arguments);

/* `assigned` is what the call returned. */
void scan_judge_after(const struct scan *scan, va_list arguments, int assigned);

#endif
