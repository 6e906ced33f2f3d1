/* Functions on memory, and bcopy() and kin. */
#include "interpose/libc/check.h"

EXPORTED void *memcpy(void *to, const void *from, size_t bytes)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(memcpy);
        call_reads(&call, from, bytes);
        call_writes(&call, to, bytes);
        call_copies(&call, to, from, bytes);
    }
    return libc_memcpy(to, from, bytes);
}

EXPORTED void *memmove(void *to, const void *from, size_t bytes)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(memmove);
        call_reads(&call, from, bytes);
        call_writes(&call, to, bytes);
    }
    return libc_memmove(to, from, bytes);
}

EXPORTED void *mempcpy(void *to, const void *from, size_t bytes)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(mempcpy);
        call_reads(&call, from, bytes);
        call_writes(&call, to, bytes);
        call_copies(&call, to, from, bytes);
    }
    return libc_mempcpy(to, from, bytes);
}

EXPORTED void *memset(void *to, int byte, size_t bytes)
{
    if (call_concerns(to)) {
        struct call call = CALL(memset);
        call_writes(&call, to, bytes);
    }
    return libc_memset(to, byte, bytes);
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
        call_reads(&call, from, bytes);
        call_writes(&call, to, bytes);
    }
    libc_bcopy(from, to, bytes);
}

/* All of both, wherever they differ: C has both objects be that long, and libc's own reads ahead.
 */
EXPORTED int memcmp(const void *a, const void *b, size_t bytes)
{
    if (call_concerns(a) || call_concerns(b)) {
        struct call call = CALL(memcmp);
        call_reads(&call, a, bytes);
        call_reads(&call, b, bytes);
    }
    return libc_memcmp(a, b, bytes);
}

/* memcmp() where only equality counts; compilers make it of such calls. */
EXPORTED int __memcmpeq(const void *a, const void *b, size_t bytes)
{
    if (call_concerns(a) || call_concerns(b)) {
        struct call call = CALL(__memcmpeq);
        call_reads(&call, a, bytes);
        call_reads(&call, b, bytes);
    }
    return libc___memcmpeq(a, b, bytes);
}

EXPORTED int bcmp(const void *a, const void *b, size_t bytes)
{
    if (call_concerns(a) || call_concerns(b)) {
        struct call call = CALL(bcmp);
        call_reads(&call, a, bytes);
        call_reads(&call, b, bytes);
    }
    return libc_bcmp(a, b, bytes);
}

SECOND_NAME(__mempcpy, mempcpy);
SECOND_NAME(__bzero, bzero);
