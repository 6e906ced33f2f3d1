/* The functions on memory as programs built with _FORTIFY_SOURCE call them. Told first; then the C
 * library ends the program if the compiler knew better. */
#include "interpose/libc/check.h"

EXPORTED void *__memcpy_chk(void *to, const void *from, size_t bytes, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__memcpy_chk);
        call_moves(&call, to, from, bytes);
        call_copies(&call, to, from, bytes);
    }
    return libc___memcpy_chk(to, from, bytes, room);
}

EXPORTED void *__memmove_chk(void *to, const void *from, size_t bytes, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__memmove_chk);
        call_moves(&call, to, from, bytes);
    }
    return libc___memmove_chk(to, from, bytes, room);
}

EXPORTED void *__mempcpy_chk(void *to, const void *from, size_t bytes, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__mempcpy_chk);
        call_moves(&call, to, from, bytes);
        call_copies(&call, to, from, bytes);
    }
    return libc___mempcpy_chk(to, from, bytes, room);
}

EXPORTED void *__memset_chk(void *to, int byte, size_t bytes, size_t room)
{
    if (call_concerns(to)) {
        struct call call = CALL(__memset_chk);
        call_writes(&call, to, bytes);
    }
    return libc___memset_chk(to, byte, bytes, room);
}

EXPORTED void __explicit_bzero_chk(void *to, size_t bytes, size_t room)
{
    if (call_concerns(to)) {
        struct call call = CALL(__explicit_bzero_chk);
        call_writes(&call, to, bytes);
    }
    libc___explicit_bzero_chk(to, bytes, room);
}
