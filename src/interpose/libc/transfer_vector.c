/* readv, writev and their kin. */
#include "interpose/libc/vector.h"

static size_t pieces(int count)
{
    return count > 0 ? (size_t)count : 0;
}

/* In parentheses, each with a comma before: what comes behind the pieces, and its names. */
#define READ_PIECES(name, given, passed) \
    EXPORTED ssize_t name(int fd, const struct iovec *to, int count UNPACK given) \
    { \
        struct call call = CALL(name); \
        VECTOR vector = vector_begin(&call, to, pieces(count)); \
        ssize_t got = libc_##name(fd, vector.at, count UNPACK passed); \
        vector_end(&vector, got > 0 ? (size_t)got : 0); \
        return got; \
    }
READ_PIECES(readv, (), ())
READ_PIECES(preadv, (, off_t offset), (, offset))
READ_PIECES(preadv64, (, off_t offset), (, offset))
READ_PIECES(preadv2, (, off_t offset, int flags), (, offset, flags))
READ_PIECES(preadv64v2, (, off_t offset, int flags), (, offset, flags))

#define WRITE_PIECES(name, given, passed) \
    EXPORTED ssize_t name(int fd, const struct iovec *from, int count UNPACK given) \
    { \
        struct call call = CALL(name); \
        vector_reads(&call, from, pieces(count)); \
        return libc_##name(fd, from, count UNPACK passed); \
    }
WRITE_PIECES(writev, (), ())
WRITE_PIECES(pwritev, (, off_t offset), (, offset))
WRITE_PIECES(pwritev64, (, off_t offset), (, offset))
WRITE_PIECES(pwritev2, (, off_t offset, int flags), (, offset, flags))
WRITE_PIECES(pwritev64v2, (, off_t offset, int flags), (, offset, flags))
