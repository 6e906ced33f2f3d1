/* Lengths of wide strings, and arrays of wide characters. */
#include "interpose/libc/wide.h"

EXPORTED size_t wcslen(const wchar_t *text)
{
    if (call_concerns(text)) {
        struct call call = CALL(wcslen);
        return call_reads_wide(&call, text);
    }
    return libc_wcslen(text);
}

EXPORTED size_t wcsnlen(const wchar_t *text, size_t most)
{
    if (call_concerns(text)) {
        struct call call = CALL(wcsnlen);
        return call_reads_wide_within(&call, text, most);
    }
    return libc_wcsnlen(text, most);
}

static void copies_apart(const struct call *call, wchar_t *to, const wchar_t *from, size_t count)
{
    size_t bytes = bytes_of(count, sizeof *to);
    call_reads(call, from, bytes);
    call_writes(call, to, bytes);
    call_copies(call, to, from, bytes);
}

EXPORTED wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(wmemcpy);
        copies_apart(&call, to, from, count);
    }
    return libc_wmemcpy(to, from, count);
}

EXPORTED wchar_t *wmempcpy(wchar_t *to, const wchar_t *from, size_t count)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(wmempcpy);
        copies_apart(&call, to, from, count);
    }
    return libc_wmempcpy(to, from, count);
}

EXPORTED wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(wmemmove);
        call_reads(&call, from, bytes_of(count, sizeof *from));
        call_writes(&call, to, bytes_of(count, sizeof *to));
    }
    return libc_wmemmove(to, from, count);
}

EXPORTED wchar_t *wmemset(wchar_t *to, wchar_t code, size_t count)
{
    if (call_concerns(to)) {
        struct call call = CALL(wmemset);
        call_writes(&call, to, bytes_of(count, sizeof *to));
    }
    return libc_wmemset(to, code, count);
}

EXPORTED int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    if (call_concerns(a) || call_concerns(b)) {
        struct call call = CALL(wmemcmp);
        call_reads(&call, a, bytes_of(count, sizeof *a));
        call_reads(&call, b, bytes_of(count, sizeof *b));
    }
    return libc_wmemcmp(a, b, count);
}

EXPORTED wchar_t *wmemchr(const wchar_t *from, wchar_t code, size_t count)
{
    if (call_concerns(from) && count > 0) {
        struct call call = CALL(wmemchr);
        size_t room = call_room(&call, from) / sizeof *from, near = smaller_of(count, room);
        const wchar_t *found = libc_wmemchr(from, code, near);
        if (LIKELY(found || near == count)) {
            return (wchar_t *)found;
        }
        call_reads(&call, from, bytes_of(room + 1, sizeof *from));
    }
    return libc_wmemchr(from, code, count);
}

EXPORTED wchar_t *__wmemcpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__wmemcpy_chk);
        copies_apart(&call, to, from, count);
    }
    return libc___wmemcpy_chk(to, from, count, room);
}

EXPORTED wchar_t *__wmempcpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__wmempcpy_chk);
        copies_apart(&call, to, from, count);
    }
    return libc___wmempcpy_chk(to, from, count, room);
}

EXPORTED wchar_t *__wmemmove_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room)
{
    if (call_concerns(to) || call_concerns(from)) {
        struct call call = CALL(__wmemmove_chk);
        call_reads(&call, from, bytes_of(count, sizeof *from));
        call_writes(&call, to, bytes_of(count, sizeof *to));
    }
    return libc___wmemmove_chk(to, from, count, room);
}

EXPORTED wchar_t *__wmemset_chk(wchar_t *to, wchar_t code, size_t count, size_t room)
{
    if (call_concerns(to)) {
        struct call call = CALL(__wmemset_chk);
        call_writes(&call, to, bytes_of(count, sizeof *to));
    }
    return libc___wmemset_chk(to, code, count, room);
}
