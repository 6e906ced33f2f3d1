/* Functions on memory, and bcopy() and kin. */
#include "interpose/libc/check.h"

#define MOVES(name, may_overlap) \
    static CONTINUATION void *judged_##name(void *to, const void *from, size_t bytes) \
    { \
        struct call call = CALL(name); \
        call_moves(&call, to, from, bytes); \
        if (!(may_overlap)) { \
            call_copies(&call, to, from, bytes); \
        } \
        return libc_##name(to, from, bytes); \
    } \
\
    EXPORTED void *name(void *to, const void *from, size_t bytes) \
    { \
        if (LIKELY(call_are_plain(to, from, bytes, !(may_overlap)))) { \
            return libc_##name(to, from, bytes); \
        } \
        return judged_##name(to, from, bytes); \
    }

MOVES(memcpy, false)
MOVES(memmove, true)
MOVES(mempcpy, false)

static CONTINUATION void *judged_memset(void *to, int byte, size_t bytes)
{
    struct call call = CALL(memset);
    call_writes(&call, to, bytes);
    return libc_memset(to, byte, bytes);
}

EXPORTED void *memset(void *to, int byte, size_t bytes)
{
    if (LIKELY(call_is_plain(to, bytes))) {
        return libc_memset(to, byte, bytes);
    }
    return judged_memset(to, byte, bytes);
}

EXPORTED void explicit_bzero(void *to, size_t bytes)
{
    if (call_concerns(to)) {
        struct call call = CALL(explicit_bzero);
        call_writes(&call, to, bytes);
    }
    libc_explicit_bzero(to, bytes);
}

EXPORTED void bzero(void *to, size_t bytes)
{
    if (call_concerns(to)) {
        struct call call = CALL(bzero);
        call_writes(&call, to, bytes);
    }
    libc_bzero(to, bytes);
}

EXPORTED void bcopy(const void *from, void *to, size_t bytes)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(bcopy);
        call_moves(&call, to, from, bytes);
    }
    libc_bcopy(from, to, bytes);
}

SECOND_NAME(__mempcpy, mempcpy);
SECOND_NAME(__bzero, bzero);
