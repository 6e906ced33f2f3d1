/* Comparisons of memory. All of both is judged, wherever they differ: C has both objects be that
 * long, and libc's own functions read ahead. */
#include "interpose/libc/check.h"

#define COMPARES(name) \
    static CONTINUATION int judged_##name(const void *a, const void *b, size_t bytes) \
    { \
        struct call call = CALL(name); \
        call_reads_both(&call, a, b, bytes); \
        return libc_##name(a, b, bytes); \
    } \
\
    EXPORTED int name(const void *a, const void *b, size_t bytes) \
    { \
        if (LIKELY(call_are_plain(a, b, bytes, false))) { \
            return libc_##name(a, b, bytes); \
        } \
        return judged_##name(a, b, bytes); \
    }

COMPARES(memcmp)
COMPARES(bcmp)
COMPARES(__memcmpeq) /* memcmp() where only equality counts; compilers make it of such calls */
