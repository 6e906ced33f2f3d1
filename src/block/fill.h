/* Patterns for memory that holds nothing yet, or nothing any more. Both have a zero in every eighth
 * byte, so that a strlen over such memory ends; read as a pointer both are no canonical address, so
 * that following one faults. `start` is a multiple of 8. */
#ifndef BLOCK_FILL_H
#define BLOCK_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#define FILL_FRESH 0x00cacacacacacacau
#define FILL_FREED 0x00dededededededeu

/* The compiler's vectors: 16 bytes at a time on any machine, two to a step. May alias anything. */
typedef uint64_t fill_pair __attribute__((vector_size(16), may_alias, aligned(8)));
typedef uint64_t fill_aligned_pair __attribute__((vector_size(16), may_alias));
typedef uint64_t fill_word __attribute__((may_alias));

static inline uint64_t fill_tail_mask(size_t bytes)
{
    return ((uint64_t)1 << 8 * bytes) - 1; /* 0 < bytes < 8 */
}

/* Exactly `bytes` of them. */
static inline void fill_write(uintptr_t start, size_t bytes, uint64_t pattern)
{
    fill_pair both = {pattern, pattern};
    size_t at = 0;
    for (; at + 16 <= bytes; at += 16) {
        *(fill_pair *)(start + at) = both;
    }
    if (at + 8 <= bytes) {
        memcpy((void *)(start + at), &pattern, 8);
        at += 8;
    }
    if (at < bytes) {
        uint64_t mask = fill_tail_mask(bytes - at), word;
        memcpy(&word, (void *)(start + at), 8);
        word = (word & ~mask) | (pattern & mask);
        memcpy((void *)(start + at), &word, 8);
    }
}

/* The same from any address on: as if it were part of a longer fill. */
static inline void fill_write_from(uintptr_t start, size_t bytes, uint64_t pattern)
{
    for (; bytes > 0 && start % sizeof pattern != 0; start++, bytes--) {
        *(uint8_t *)start = (uint8_t)(pattern >> 8 * (start % sizeof pattern));
    }
    if (bytes > 0) {
        fill_write(start, bytes, pattern);
    }
}

static inline MUST_USE bool fill_is_whole(uintptr_t start, size_t bytes, uint64_t pattern)
{
    fill_pair both = {pattern, pattern}, differ = {0, 0};
    size_t at = 0;
    for (; at + 16 <= bytes; at += 16) {
        differ |= *(const fill_pair *)(start + at) ^ both;
    }
    uint64_t rest = differ[0] | differ[1], word;
    if (at + 8 <= bytes) {
        memcpy(&word, (const void *)(start + at), 8);
        rest |= word ^ pattern;
        at += 8;
    }
    if (at < bytes) {
        memcpy(&word, (const void *)(start + at), 8);
        rest |= (word ^ pattern) & fill_tail_mask(bytes - at);
    }
    return rest == 0;
}

/* Zeros over what begins at a multiple of 16, ends at one of 8, and is 16 bytes at least. */
static inline void fill_zeros(uintptr_t start, uintptr_t end)
{
    const fill_aligned_pair zero = {0, 0};
    uintptr_t last = end & ~(uintptr_t)15;
    do {
        *(fill_aligned_pair *)start = zero;
        start += 16;
    } while (start < last);
    *(fill_word *)(end - 8) = 0;
}

static inline MUST_USE bool fill_is_zeros(uintptr_t start, uintptr_t end)
{
    fill_aligned_pair any = {0, 0};
    uintptr_t last = end & ~(uintptr_t)15;
    do {
        any |= *(const fill_aligned_pair *)start;
        start += 16;
    } while (start < last);
    return (any[0] | any[1] | *(const fill_word *)(end - 8)) == 0;
}

/* Puts some bytes of a filled block right, touching no other. */
void fill_mend(uintptr_t first, uintptr_t last_end, uint64_t pattern);

/* First byte that is not the pattern's and one past the last; false if there is none. */
MUST_USE bool fill_damage(uintptr_t start, size_t bytes, uint64_t pattern, uintptr_t *first,
                          uintptr_t *last_end);

#endif
