/* Sizes of slots: every 16 bytes up to 528, then eight to a doubling up to 4 KiB and four beyond,
 * each power of two plus 16, so that a power-of-two request and its canary fit with little to
 * spare. */
#ifndef HEAP_SIZE_CLASS_H
#define HEAP_SIZE_CLASS_H

#include <stddef.h>
#include <stdint.h>

#include "base/align.h"
#include "base/compiler.h"

enum {
    SIZE_CLASS_FINE = 32, /* 32, 48, … 528 */
    SIZE_CLASSES = SIZE_CLASS_FINE + 8 * 3 + 4 * 3,
    SLOT_LEAST = 32,
    SLOT_MOST = 32768 + 16,
};

/* The class whose slots hold `bytes` (at most SLOT_MOST). */
static inline unsigned size_class_of(size_t bytes)
{
    if (LIKELY(bytes <= 528)) {
        return (unsigned)(((bytes > SLOT_LEAST ? bytes : SLOT_LEAST) + 15) / 16) - 2;
    }
    size_t rest = bytes - 16;                     /* 513 … 32768 */
    unsigned doubling = log2_floor(rest - 1) - 9; /* 0: 513 … 1024 */
    unsigned steps_log2 = doubling < 3 ? 3 : 2;
    unsigned before = doubling < 3 ? doubling * 8 : 24 + (doubling - 3) * 4;
    unsigned step =
        (unsigned)((rest - 1 - ((size_t)512 << doubling)) >> (9 + doubling - steps_log2));
    return SIZE_CLASS_FINE + before + step;
}

extern HIDDEN const uint32_t size_class_bytes[SIZE_CLASSES];

static inline uint32_t size_class_slot_bytes(unsigned size_class)
{
    return size_class_bytes[size_class];
}

#endif
