/* Bytes from and to descriptors. What arrives is judged by its length, not by the size asked for;
 * what is sent, by that size. */
#include <unistd.h>

#include "interpose/libc/detour.h"

/* In a function that has `call`, `to` and `count`; the real one writes to detour.at. */
#define RECEIVE(...) \
    DETOUR detour = detour_begin(&call, to, count); \
    ssize_t got = __VA_ARGS__; \
    detour_end(&detour, got > 0 ? (size_t)got : 0); \
    return got

EXPORTED ssize_t read(int fd, void *to, size_t count)
{
    struct call call = CALL(read);
    RECEIVE(libc_read(fd, detour.at, count));
}

EXPORTED ssize_t __read_chk(int fd, void *to, size_t count, size_t room)
{
    struct call call = CALL(__read_chk);
    if (count > room) {
        return libc___read_chk(fd, to, count, room);
    }
    RECEIVE(libc_read(fd, detour.at, count));
}

#define READ_AT(name, fortified_name) \
    EXPORTED ssize_t name(int fd, void *to, size_t count, off_t offset) \
    { \
        struct call call = CALL(name); \
        RECEIVE(libc_##name(fd, detour.at, count, offset)); \
    } \
    EXPORTED ssize_t fortified_name(int fd, void *to, size_t count, off_t offset, size_t room) \
    { \
        struct call call = CALL(fortified_name); \
        if (count > room) { \
            return libc_##fortified_name(fd, to, count, offset, room); \
        } \
        RECEIVE(libc_##name(fd, detour.at, count, offset)); \
    }
READ_AT(pread, __pread_chk)
READ_AT(pread64, __pread64_chk)

EXPORTED ssize_t write(int fd, const void *from, size_t count)
{
    struct call call = CALL(write);
    call_reads(&call, from, count);
    return libc_write(fd, from, count);
}

#define WRITE_AT(name) \
    EXPORTED ssize_t name(int fd, const void *from, size_t count, off_t offset) \
    { \
        struct call call = CALL(name); \
        call_reads(&call, from, count); \
        return libc_##name(fd, from, count, offset); \
    }
WRITE_AT(pwrite)
WRITE_AT(pwrite64)

EXPORTED ssize_t getrandom(void *to, size_t count, unsigned flags)
{
    struct call call = CALL(getrandom);
    RECEIVE(libc_getrandom(to == NULL ? to : detour.at, count, flags));
}

SECOND_NAME(__read, read);
SECOND_NAME(__write, write);
SECOND_NAME(__pread64, pread64);
SECOND_NAME(__pwrite64, pwrite64);
