/* Canaries: bytes around a block that nobody should change. Each 8-byte word is a function of its
 * address and of a secret of the process. Its bytes are even and 0x80 to 0xfe: what strays one byte
 * too far most often, a string terminator, text or -1, is never taken for one. Starts anywhere,
 * ends at a multiple of 8. No state but what is made of the secret. */
#ifndef BLOCK_CANARY_H
#define BLOCK_CANARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CANARY_VARYING 0x7e7e7e7e7e7e7e7eu
#define CANARY_SET 0x8080808080808080u

/* The secret in the bits that may vary, ones in those that are set in each word. */
extern HIDDEN uint64_t canary_key;

void canary_start(uint64_t secret); /* once, before the first block */

#define CANARY_FACTOR 0x9E3779B97F4A7C15u

static inline uint64_t canary_word(uintptr_t address)
{
    return (address * CANARY_FACTOR & CANARY_VARYING) ^ canary_key;
}

/* Canary words are read by a neighbour's release while their owner writes the same values again:
 * relaxed atomics, which cost nothing, say that this is meant. */
static inline uint64_t canary_load(uintptr_t address)
{
    return __atomic_load_n((const uint64_t *)address, __ATOMIC_RELAXED);
}

static inline void canary_store(uintptr_t address, uint64_t word)
{
    __atomic_store_n((uint64_t *)address, word, __ATOMIC_RELAXED);
}

static inline void canary_write(uintptr_t start, uintptr_t end)
{
    unsigned partial = start & 7;
    if (partial && start < end) {
        uintptr_t at = start & ~(uintptr_t)7;
        uint64_t mask = ~(uint64_t)0 << 8 * partial;
        canary_store(at, (canary_load(at) & ~mask) | (canary_word(at) & mask));
        start = at + 8;
    }
    for (; start < end; start += 8) {
        canary_store(start, canary_word(start));
    }
}

/* The same where `end` is at least 8 bytes on, as it is behind every block: no branch but the loop.
 */
static inline void canary_write_tail(uintptr_t start, uintptr_t end)
{
    uintptr_t at = start & ~(uintptr_t)7;
    uint64_t mask = ~(uint64_t)0 << 8 * (start & 7);
    canary_store(at, (canary_load(at) & ~mask) | (canary_word(at) & mask));
    for (at += 8; at < end; at += 8) {
        canary_store(at, canary_word(at));
    }
}

/* The same over zeros, where the last of these 8 bytes are canary already: they end at `gap`. */
static inline void canary_write_over_zeros(uintptr_t start, uintptr_t gap)
{
    uintptr_t at = start & ~(uintptr_t)7;
    canary_store(at, canary_word(at) & ~(uint64_t)0 << 8 * (start & 7));
    for (at += 8; UNLIKELY(at < gap); at += 8) {
        canary_store(at, canary_word(at));
    }
}

static inline MUST_USE bool canary_tail_is_whole(uintptr_t start, uintptr_t end)
{
    uintptr_t at = start & ~(uintptr_t)7, last = end - 8;
    uint64_t differ = (canary_load(at) ^ canary_word(at)) >> 8 * (start & 7);
    differ |= canary_load(last) ^ canary_word(last); /* most often there are just these two */
    for (at += 8; UNLIKELY(at < last); at += 8) {
        differ |= canary_load(at) ^ canary_word(at);
    }
    return differ == 0;
}

static inline MUST_USE bool canary_is_whole(uintptr_t start, uintptr_t end)
{
    uint64_t differ = 0;
    unsigned partial = start & 7;
    if (partial && start < end) {
        uintptr_t at = start & ~(uintptr_t)7;
        differ = (canary_load(at) ^ canary_word(at)) >> 8 * partial;
        start = at + 8;
    }
    for (; start < end; start += 8) {
        differ |= canary_load(start) ^ canary_word(start);
    }
    return differ == 0;
}

/* Puts damaged bytes right, touching no other: those beside them may be a running thread's own. Of
 * several callers that see the same damage, one is told that it was the first. */
bool canary_mend(uintptr_t first, uintptr_t last_end);

/* First damaged byte in [start, end) and one past the last; false if there is none. */
MUST_USE bool canary_damage(uintptr_t start, uintptr_t end, uintptr_t *first, uintptr_t *last_end);

/* Whole words, up to pages of them, that are nobody else's meanwhile. */
void canary_write_words(uintptr_t start, uintptr_t end);
MUST_USE bool canary_words_are_whole(uintptr_t start, uintptr_t end);

/* These two end anywhere as well, and touch no word that they do not share; of the others likewise.
 */
static inline void canary_write_exact(uintptr_t start, uintptr_t end)
{
    uintptr_t whole = end & ~(uintptr_t)7, first = (start + 7) & ~(uintptr_t)7;
    if (start < whole) {
        canary_write(start, first);
        canary_write_words(first, whole);
        start = whole;
    }
    if (start < end) {
        canary_mend(start, end);
    }
}

static inline MUST_USE bool canary_is_exact(uintptr_t start, uintptr_t end)
{
    uintptr_t whole = end & ~(uintptr_t)7, first = (start + 7) & ~(uintptr_t)7, last_end;
    if (start < whole) {
        if (!canary_is_whole(start, first) || !canary_words_are_whole(first, whole)) {
            return false;
        }
        start = whole;
    }
    return start >= end || !canary_damage(start, end, &first, &last_end);
}

#endif
