/* Functions that look for something in memory, and memccpy(), which stops at what it finds. */
#include "interpose/libc/check.h"

/* Reads in order up to what it finds (C11 7.24.5.1): no more of it need exist. */
static const char *find_byte(const struct call *call, const char *from, int byte, size_t most)
{
    if (most == 0) {
        return NULL;
    }
    size_t room = call_room(call, from);
    size_t near = most < room ? most : room;
    const char *found = libc_memchr(from, byte, near);
    if (LIKELY(found || near == most)) {
        return found;
    }
    call_reads(call, from, room + 1);
    return libc_memchr(from + room, byte, most - room);
}

static CONTINUATION void *judged_memchr(const void *from, int byte, size_t bytes)
{
    struct call call = CALL(memchr);
    return (void *)find_byte(&call, from, byte, bytes);
}

EXPORTED void *memchr(const void *from, int byte, size_t bytes)
{
    if (LIKELY(call_is_plain(from, bytes))) {
        return libc_memchr(from, byte, bytes);
    }
    return judged_memchr(from, byte, bytes);
}

EXPORTED void *rawmemchr(const void *from, int byte)
{
    if (call_concerns(from)) {
        struct call call = CALL(rawmemchr);
        size_t room = call_room(&call, from);
        const char *found = room == SIZE_MAX ? NULL : libc_memchr(from, byte, room);
        if (LIKELY(found != NULL)) {
            return (void *)found;
        }
        if (room != SIZE_MAX) {
            call_reads(&call, from, room + 1);
        }
    }
    return libc_rawmemchr(from, byte);
}

EXPORTED void *memrchr(const void *from, int byte, size_t bytes)
{
    if (call_concerns(from)) {
        struct call call = CALL(memrchr);
        call_reads(&call, from, bytes);
    }
    return libc_memrchr(from, byte, bytes);
}

EXPORTED void *memmem(const void *from, size_t bytes, const void *what, size_t what_bytes)
{
    if (call_concerns(from) || call_concerns(what)) {
        struct call call = CALL(memmem);
        call_reads(&call, from, bytes);
        call_reads(&call, what, what_bytes);
    }
    return libc_memmem(from, bytes, what, what_bytes);
}

EXPORTED void *memccpy(void *to, const void *from, int byte, size_t most)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(memccpy);
        const char *found = find_byte(&call, from, byte, most);
        size_t bytes = found ? (size_t)(found + 1 - (const char *)from) : most;
        call_writes(&call, to, bytes);
        call_copies(&call, to, from, bytes);
    }
    return libc_memccpy(to, from, byte, most);
}

SECOND_NAME(__rawmemchr, rawmemchr);
