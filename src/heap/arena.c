#include "heap/arena.h"

#include "os/keys.h"
#include "os/limits.h"
#include "os/own.h"
#include "os/pages.h"

struct arena arena;

enum { LARGEST_LOG2 = 40, SMALLEST_LOG2 = 24 };

static bool try_size(size_t bytes)
{
    size_t table_bytes = (bytes >> GRANULE_SHIFT) * sizeof(struct granule);
    char *base = os_pages_reserve(bytes, GRANULE_BYTES * HEAP_CHUNK_GRANULES);
    if (!base) {
        return false;
    }
    char *table = os_pages_reserve(table_bytes, OS_PAGE);
    if (!table || !os_pages_commit(table, table_bytes)) {
        if (table) {
            os_pages_unmap(table, table_bytes);
        }
        os_pages_unmap(base, bytes);
        return false;
    }
    arena = (struct arena){(uintptr_t)base, bytes, (struct granule *)table};
    own_add_range(base, bytes);
    own_add_range(table, table_bytes);
    os_keys_cover(table, table_bytes, true);
    return true;
}

/* Half of a limited address space is left to the program's own mappings; of limited data, a
 * sixteenth may go to descriptors. */
bool arena_start(void)
{
    size_t space = os_limit_address_space(), data = os_limit_data();
    for (unsigned order = LARGEST_LOG2; order >= SMALLEST_LOG2; order--) {
        size_t bytes = (size_t)1 << order;
        size_t table_bytes = (bytes >> GRANULE_SHIFT) * sizeof(struct granule);
        if (bytes <= space / 2 && table_bytes <= data / 16 && try_size(bytes)) {
            return true;
        }
    }
    return false;
}

/* A run in use begins at a granule whose index has at most as many low zero bits as the run's
 * rounded-up length needs, so the head is among the indices got by clearing one low bit after the
 * other. */
struct granule *run_head(uintptr_t address)
{
    if (!arena_holds(address)) {
        return NULL;
    }
    uint32_t at = granule_index(granule_at(address));
    for (uint32_t head = at;; head &= head - 1) {
        struct granule *granule = &arena.granules[head];
        enum granule_kind kind = granule_kind(granule);
        if (kind == GRANULE_SLAB_BODY) {
            return &arena.granules[granule->body.head];
        }
        if (kind != GRANULE_NONE) {
            bool in_use = kind == GRANULE_SLAB || kind == GRANULE_LARGE || kind == GRANULE_GUARDED;
            return in_use && at - head < granule->granules ? granule : NULL;
        }
        if (head == 0) {
            return NULL;
        }
    }
}
