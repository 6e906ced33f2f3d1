/* A set of address ranges, to leave them out of others. Fixed room, taken straight from the kernel.
 * Filled first, then settled, then asked. One thread. */
#ifndef INSPECT_RANGES_H
#define INSPECT_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct range {
    uintptr_t start, end; /* start < end */
};

struct ranges {
    struct range *range;
    size_t count, capacity;
    bool full; /* some were not kept */
};

MUST_USE bool ranges_start(struct ranges *ranges, size_t capacity); /* false: no memory */
void ranges_end(struct ranges *ranges);                             /* also of a zeroed one */

/* Empty ranges, and those there is no room for, are not kept. */
void ranges_add(struct ranges *ranges, uintptr_t start, uintptr_t end);

/* The memory that the set itself is in. */
void ranges_each_own(const struct ranges *ranges,
                     void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context);

/* Sorts them and joins those that overlap. */
void ranges_settle(struct ranges *ranges);

/* True if one of them has a byte of start..end. */
bool ranges_touch(const struct ranges *ranges, uintptr_t start, uintptr_t end);

/* True if one of them holds the address. */
bool ranges_hold(const struct ranges *ranges, uintptr_t address);

/* Calls `visit` for the parts of start..end that no range covers, by rising address. */
void ranges_each_outside(const struct ranges *ranges, uintptr_t start, uintptr_t end,
                         void (*visit)(void *context, uintptr_t start, uintptr_t end),
                         void *context);

#endif
