/* Buffers in pieces (struct iovec), for calls that fill them from first to last with what arrives.
 * Pieces that are longer than their block are filled elsewhere first, as in detour.h. */
#ifndef INTERPOSE_LIBC_VECTOR_H
#define INTERPOSE_LIBC_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "interpose/libc/detour.h"

struct vector {
    const struct call *call;
    const struct iovec *asked;
    struct iovec *at; /* what the call is given */
    size_t count;
    size_t mapped_bytes; /* of the pieces that stand in, with `at` before them; 0: at is asked */
    bool judged;
};

#define VECTOR __attribute__((cleanup(vector_drop))) struct vector

MUST_USE struct vector vector_begin(const struct call *call, const struct iovec *pieces,
                                    size_t count);

/* `bytes` were written to the pieces. */
void vector_end(struct vector *vector, size_t bytes);

void vector_drop(struct vector *vector);

/* All pieces will be read. */
void vector_reads(const struct call *call, const struct iovec *pieces, size_t count);

#endif
