#include "block/quarantine.h"

#include "os/own.h"

enum { FIRST_CAPACITY = 128 };

static bool grow(struct quarantine *quarantine)
{
    uint32_t capacity = quarantine->capacity ? quarantine->capacity * 2 : FIRST_CAPACITY;
    uint64_t *ring = capacity ? own_alloc_record(capacity * sizeof *ring) : NULL;
    if (!ring) {
        return false;
    }
    for (uint32_t i = 0; i < quarantine->count; i++) {
        ring[i] = quarantine->ring[(quarantine->head + i) & (quarantine->capacity - 1)];
    }
    own_free_record(quarantine->ring, quarantine->capacity * sizeof *ring);
    quarantine->ring = ring;
    quarantine->capacity = capacity;
    quarantine->head = 0;
    return true;
}

bool quarantine_push(struct quarantine *quarantine, uint64_t entry, size_t bytes)
{
    if (UNLIKELY(quarantine->count == quarantine->capacity) && !grow(quarantine)) {
        return false;
    }
    uint32_t at = (quarantine->head + quarantine->count) & (quarantine->capacity - 1);
    quarantine->ring[at] = entry;
    quarantine->count++;
    quarantine->bytes += bytes;
    return true;
}
