#include "interpose/libc/fallback.h"

#include "interpose/libc/real.h"

/* Keeps the compiler from making a call of the very function out of a loop. */
#define NO_IDIOM() __asm__ volatile("" ::: "memory")

static void *plain_memcpy(void *to, const void *from, size_t bytes)
{
    char *target = to;
    const char *source = from;
    for (size_t i = 0; i < bytes; i++) {
        NO_IDIOM();
        target[i] = source[i];
    }
    return to;
}

static void *plain_mempcpy(void *to, const void *from, size_t bytes)
{
    return (char *)plain_memcpy(to, from, bytes) + bytes;
}

static void *plain_memmove(void *to, const void *from, size_t bytes)
{
    char *target = to;
    const char *source = from;
    if (target <= source) {
        return plain_memcpy(to, from, bytes);
    }
    while (bytes-- > 0) {
        NO_IDIOM();
        target[bytes] = source[bytes];
    }
    return to;
}

static void *plain_memset(void *to, int byte, size_t bytes)
{
    char *target = to;
    for (size_t i = 0; i < bytes; i++) {
        NO_IDIOM();
        target[i] = (char)byte;
    }
    return to;
}

static int plain_memcmp(const void *a, const void *b, size_t bytes)
{
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < bytes; i++) {
        if (left[i] != right[i]) {
            return left[i] - right[i];
        }
    }
    return 0;
}

static void *plain_memchr(const void *from, int byte, size_t bytes)
{
    const unsigned char *source = from;
    for (size_t i = 0; i < bytes; i++) {
        if (source[i] == (unsigned char)byte) {
            return (void *)(source + i);
        }
    }
    return NULL;
}

static size_t plain_strnlen(const char *text, size_t most)
{
    size_t length = 0;
    while (length < most && text[length]) {
        NO_IDIOM();
        length++;
    }
    return length;
}

static size_t plain_strlen(const char *text)
{
    return plain_strnlen(text, (size_t)-1);
}

static int plain_strncmp(const char *a, const char *b, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        if (a[i] != b[i] || a[i] == '\0') {
            return (unsigned char)a[i] - (unsigned char)b[i];
        }
    }
    return 0;
}

static int plain_strcmp(const char *a, const char *b)
{
    return plain_strncmp(a, b, (size_t)-1);
}

static char *plain_strchr(const char *text, int byte)
{
    for (;; text++) {
        if (*text == (char)byte) {
            return (char *)text;
        }
        if (*text == '\0') {
            return NULL;
        }
    }
}

static char *plain_strcpy(char *to, const char *from)
{
    return plain_memcpy(to, from, plain_strlen(from) + 1);
}

void fallback_install(void)
{
    libc_memcpy = plain_memcpy;
    libc_mempcpy = plain_mempcpy;
    libc_memmove = plain_memmove;
    libc_memset = plain_memset;
    libc_memcmp = plain_memcmp;
    libc_memchr = plain_memchr;
    libc_strnlen = plain_strnlen;
    libc_strlen = plain_strlen;
    libc_strncmp = plain_strncmp;
    libc_strcmp = plain_strcmp;
    libc_strchr = plain_strchr;
    libc_strcpy = plain_strcpy;
}
