#include <stdlib.h>
#include <string.h>

#include "differential.h"

typedef void *copy(void *to, const void *from, size_t bytes);
typedef void *copy_chk(void *to, const void *from, size_t bytes, size_t room);

static long long try_copy(void *function, struct scene *s)
{
    return place(s, ((copy *)function)(s->to, s->from, s->count));
}

static long long try_copy_chk(void *function, struct scene *s)
{
    return place(s, ((copy_chk *)function)(s->to, s->from, s->count, s->to_bytes));
}

static long long try_move(void *function, struct scene *s)
{
    size_t by = s->count / 3;
    return place(s, ((copy *)function)(s->from + by, s->from, s->count - by)) +
           place(s, ((copy *)function)(s->from, s->from + by, s->count - by));
}

static long long try_bcopy(void *function, struct scene *s)
{
    ((void (*)(const void *, void *, size_t))function)(s->from, s->to, s->count);
    return 0;
}

static long long try_set(void *function, struct scene *s)
{
    return place(s, ((void *(*)(void *, int, size_t))function)(s->to, s->code, s->to_bytes));
}

static long long try_set_chk(void *function, struct scene *s)
{
    void *(*set)(void *, int, size_t, size_t) = function;
    return place(s, set(s->from, s->code, s->count, s->from_bytes));
}

static long long try_zero(void *function, struct scene *s)
{
    ((void (*)(void *, size_t))function)(s->from, s->from_bytes);
    return 0;
}

static long long try_zero_chk(void *function, struct scene *s)
{
    ((void (*)(void *, size_t, size_t))function)(s->from, s->count, s->from_bytes);
    return 0;
}

static long long try_compare(void *function, struct scene *s)
{
    int (*compare)(const void *, const void *, size_t) = function;
    memcpy(s->to, s->from, s->count - s->count / 4);
    int result = compare(s->to, s->from, s->count);
    return (result > 0) - (result < 0);
}

static long long try_equal(void *function, struct scene *s)
{
    return try_compare(function, s) != 0;
}

static long long try_find(void *function, struct scene *s)
{
    return place(s, ((void *(*)(const void *, int, size_t))function)(s->from, s->code, s->count));
}

/* The byte is there: the count may be anything. */
static long long try_find_far(void *function, struct scene *s)
{
    return place(s, ((void *(*)(const void *, int, size_t))function)(s->from, s->code, (size_t)-1));
}

static long long try_find_raw(void *function, struct scene *s)
{
    return place(s, ((void *(*)(const void *, int))function)(s->from, s->code));
}

static long long try_find_part(void *function, struct scene *s)
{
    void *(*find)(const void *, size_t, const void *, size_t) = function;
    size_t part = s->count < 3 ? s->count : 3;
    return place(s, find(s->from, s->count, s->from + (s->count - part) / 2, part));
}

static long long try_copy_to(void *function, struct scene *s)
{
    void *(*copy_to)(void *, const void *, int, size_t) = function;
    return place(s, copy_to(s->to, s->from, s->code, s->from_bytes + 100));
}

const struct trial memory_trials[] = {
    {"memcpy", WISH_BYTES, 1, try_copy},
    {"memmove", WISH_BYTES, 1, try_copy},
    {"memmove", WISH_BYTES, 1, try_move},
    {"mempcpy", WISH_BYTES, 1, try_copy},
    {"__mempcpy", WISH_BYTES, 1, try_copy},
    {"__memcpy_chk", WISH_BYTES, 1, try_copy_chk},
    {"__memmove_chk", WISH_BYTES, 1, try_copy_chk},
    {"__mempcpy_chk", WISH_BYTES, 1, try_copy_chk},
    {"memset", WISH_BYTES, 1, try_set},
    {"__memset_chk", WISH_BYTES, 1, try_set_chk},
    {"bcopy", WISH_BYTES, 1, try_bcopy},
    {"bzero", WISH_BYTES, 1, try_zero},
    {"__bzero", WISH_BYTES, 1, try_zero},
    {"explicit_bzero", WISH_BYTES, 1, try_zero},
    {"__explicit_bzero_chk", WISH_BYTES, 1, try_zero_chk},
    {"memcmp", WISH_BYTES, 1, try_compare},
    {"bcmp", WISH_BYTES, 1, try_equal},
    {"__memcmpeq", WISH_BYTES, 1, try_equal},
    {"memchr", WISH_BYTES, 1, try_find},
    {"memchr", WISH_FOUND, 1, try_find_far},
    {"memrchr", WISH_BYTES, 1, try_find},
    {"rawmemchr", WISH_FOUND, 1, try_find_raw},
    {"__rawmemchr", WISH_FOUND, 1, try_find_raw},
    {"memmem", WISH_BYTES, 1, try_find_part},
    {"memccpy", WISH_FOUND, 1, try_copy_to},
    {NULL, WISH_BYTES, 1, NULL},
};
