#include "interpose/libc/let_through.h"

#include <stdbool.h>

#include "alloc/bounds.h"
#include "alloc/door.h"
#include "alloc/guard_hit.h"
#include "alloc/known.h"
#include "heap/arena.h"

static void pass(const struct finding *finding, uintptr_t first, uintptr_t end)
{
    bool is_read = finding->access == ACCESS_READ;
    if (!is_read) {
        known_add(first, end);
    }
    guarded_let_through(&finding->block, first, end - first, is_read);
}

void let_through(const struct finding *finding, uintptr_t end)
{
    uintptr_t start = finding->block.address, last_end = start + finding->block.size_bytes;
    uintptr_t first = start + (uintptr_t)finding->offset;
    size_t most = arena.base + arena.bytes - first;
    pass(finding, first, first + (finding->bad_bytes < most ? finding->bad_bytes : most));
    if (finding->kind == FINDING_UNDERFLOW && end > last_end && arena_holds(end)) {
        pass(finding, last_end, end); /* of a block that it leaves at both ends */
    }
}

void let_through_written(const void *at, size_t bytes)
{
    DOOR(door);
    struct finding finding = {.access = ACCESS_WRITE};
    if (bounds_are_left((uintptr_t)at, bytes, &finding)) {
        let_through(&finding, (uintptr_t)at + bytes);
    }
}
