/* The functions that a program calls beside libc's own, over random arguments that are all in
 * order: result, errno and every byte in reach must be the same, and nothing may be told. */
#ifndef CALLS_DIFFERENTIAL_H
#define CALLS_DIFFERENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A random number below `limit`; the same for the same seed. */
uint64_t random_below(uint64_t *state, uint64_t limit);

/* Where the arguments of one call lie: what both functions get is made from the same seed. */
struct scene {
    unsigned char *to, *from; /* `to` has room for all that may be written */
    size_t to_bytes, from_bytes;
    size_t count;  /* of bytes or characters, in order for the function */
    int code;      /* a character */
    int base;      /* of a number */
    void *rest[2]; /* what the function is given to write a pointer to */
};

/* Called with the function to be tried; returns what it returned, pointers as offsets. */
typedef long long try_function(void *function, struct scene *scene);

/* What the source must be like. */
enum wish {
    WISH_BYTES,     /* any bytes, `count` of them at both places */
    WISH_STRING,    /* strings that end with the last byte of their block or before */
    WISH_FOUND,     /* `code` is in the source, which need not end */
    WISH_COUNTED,   /* the first `count` characters may be all there are */
    WISH_NUMBER,    /* a number, then something that is none */
    WISH_DIFFERENT, /* two sources that differ before either ends */
};

struct trial {
    const char *name;
    enum wish wish;
    size_t unit; /* bytes of a character */
    try_function *try;
};

extern const struct trial memory_trials[], string_trials[], wide_trials[];

/* A pointer as an offset into the scene. */
long long place(const struct scene *scene, const void *pointer);

#endif
