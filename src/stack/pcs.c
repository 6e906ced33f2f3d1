#include "stack/pcs.h"

#include <stdatomic.h>
#include <stddef.h>

#include "base/hash.h"
#include "os/pages.h"
#include "stack/store.h"

enum {
    CHUNK = 2048, /* numbers in a chunk: 16 KiB, touched as they are given out */
    CHUNKS = 4096,
    FIRST_SLOTS = 1024,
};

static _Atomic(uintptr_t *) chunks[CHUNKS];
static uint32_t count; /* under LOCK_DEPOT, as all that follows */

/* Open addressing: numbers plus 1, 0 is free. At most three quarters are taken. */
static uint32_t *slots;
static uint32_t mask;

uintptr_t pcs_get(uint32_t number)
{
    return atomic_load_explicit(&chunks[number / CHUNK], memory_order_acquire)[number % CHUNK];
}

/* The slot where a program counter stands or would stand. */
static uint32_t *slot_of(uintptr_t pc)
{
    uint32_t i = (uint32_t)hash_mix(pc) & mask;
    while (slots[i] != 0 && pcs_get(slots[i] - 1) != pc) {
        i = (i + 1) & mask;
    }
    return &slots[i];
}

static bool grow_slots(void)
{
    size_t old_bytes = slots ? ((size_t)mask + 1) * sizeof *slots : 0;
    size_t new_slots = slots ? 2 * ((size_t)mask + 1) : FIRST_SLOTS;
    uint32_t *fresh = store_take(STORE_TABLES, new_slots * sizeof *slots);
    if (!fresh) {
        return false;
    }
    if (slots) {
        os_pages_discard(slots, old_bytes);
    }
    slots = fresh;
    mask = (uint32_t)(new_slots - 1);
    for (uint32_t number = 0; number < count; number++) {
        *slot_of(pcs_get(number)) = number + 1;
    }
    return true;
}

static bool add(uintptr_t pc, uint32_t *number)
{
    if (count == CHUNK * CHUNKS || (count >= mask / 4 * 3 && !grow_slots())) {
        return false;
    }
    if (count % CHUNK == 0 && !atomic_load_explicit(&chunks[count / CHUNK], memory_order_relaxed)) {
        uintptr_t *chunk = store_take(STORE_TABLES, CHUNK * sizeof *chunk);
        if (!chunk) {
            return false;
        }
        atomic_store_explicit(&chunks[count / CHUNK], chunk, memory_order_release);
    }
    atomic_load_explicit(&chunks[count / CHUNK], memory_order_relaxed)[count % CHUNK] = pc;
    *number = count;
    count++;
    *slot_of(pc) = count;
    return true;
}

bool pcs_number_locked(uintptr_t pc, uint32_t *number)
{
    uint32_t *slot = slots ? slot_of(pc) : NULL;
    if (slot && *slot != 0) {
        *number = *slot - 1;
        return true;
    }
    return add(pc, number);
}
