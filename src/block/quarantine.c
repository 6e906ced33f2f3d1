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

bool quarantine_reserve(struct quarantine *quarantine, uint32_t entries)
{
    return LIKELY(quarantine->capacity - quarantine->count >= entries) || grow(quarantine);
}

bool quarantine_push(struct quarantine *quarantine, uint64_t entry, size_t bytes)
{
    if (!quarantine_reserve(quarantine, 1)) {
        return false;
    }
    quarantine_add(quarantine, entry, bytes);
    return true;
}
