#include "heap/arena.h"

#include "os/keys.h"
#include "os/limits.h"
#include "os/own.h"
#include "os/pages.h"

struct arena arena;

enum { LARGEST_LOG2 = 40, SMALLEST_LOG2 = 24 };
enum { GRANULE_TABLE_BYTES = sizeof(struct granule) + sizeof(uint32_t) }; /* with its hint */

static bool try_size(size_t bytes)
{
    size_t granules = bytes >> GRANULE_SHIFT, table_bytes = granules * GRANULE_TABLE_BYTES;
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
    arena = (struct arena){(uintptr_t)base, bytes, (struct granule *)table,
                           (_Atomic uint32_t *)(table + granules * sizeof(struct granule))};
    own_add_range(base, bytes);
    own_add_range(table, table_bytes);
    os_keys_cover(table, granules * sizeof(struct granule), true); /* hints may be anything */
    return true;
}

/* Half of a limited address space is left to the program's own mappings; of limited data, a
 * sixteenth may go to descriptors. */
bool arena_start(void)
{
    size_t space = os_limit_address_space(), data = os_limit_data();
    for (unsigned order = LARGEST_LOG2; order >= SMALLEST_LOG2; order--) {
        size_t bytes = (size_t)1 << order;
        size_t table_bytes = (bytes >> GRANULE_SHIFT) * GRANULE_TABLE_BYTES;
        if (bytes <= space / 2 && table_bytes <= data / 16 && try_size(bytes)) {
            return true;
        }
    }
    return false;
}

static struct granule *if_it_reaches(struct granule *head, enum granule_kind kind, uint32_t at)
{
    bool in_use = kind == GRANULE_SLAB || kind == GRANULE_LARGE || kind == GRANULE_GUARDED;
    return in_use && granule_reaches(head, at) ? head : NULL;
}

/* From inside a run of slots. What was read there is nonsense if the run has just gone back and is
 * another's by now: it leads to no run, or into no descriptor. */
static struct granule *head_of_slots(struct granule *granule)
{
    uint32_t at = granule_index(granule), inside = granule->inside;
    struct granule *head = granule - inside;
    return inside <= at ? if_it_reaches(head, granule_kind(head), at) : NULL;
}

void granule_set_slots(struct granule *head, enum granule_kind kind, enum granule_kind body)
{
    head->inside = 0;
    for (uint32_t i = 1; i < head->granules; i++) {
        head[i].inside = (uint8_t)i;
        head[i].slots = head->slots;
        head[i].slots.lead += (int32_t)(i << GRANULE_SHIFT);
        if (kind == GRANULE_GUARDED) {
            head[i].guarded.places = head->guarded.places;
        }
        granule_set_kind(&head[i], body);
    }
    granule_set_kind(head, kind);
}

/* From inside of a run that does not say where its head is. A run in use begins at a granule whose
 * index has at most as many low zero bits as the run's rounded-up length needs, so the head is
 * among the indices got by clearing one low bit after the other. */
static struct granule *search_head(uint32_t at)
{
    for (uint32_t index = at; index > 0;) {
        index &= index - 1;
        struct granule *head = &arena.granules[index];
        enum granule_kind kind = granule_kind(head);
        if (kind == GRANULE_SLAB_BODY || kind == GRANULE_GUARDED_BODY) {
            return NULL;
        }
        if (kind != GRANULE_NONE) {
            return if_it_reaches(head, kind, at);
        }
    }
    return NULL;
}

static struct granule *large_head(uint32_t at)
{
    struct granule *head = granule_head_hint(at);
    if (granule_kind(head) == GRANULE_LARGE && granule_reaches(head, at)) {
        return head;
    }
    head = search_head(at);
    if (head) {
        granule_hint_head(at, head);
    }
    return head;
}

struct granule *run_head(uintptr_t address)
{
    if (!arena_holds(address)) {
        return NULL;
    }
    struct granule *granule = granule_at(address);
    enum granule_kind kind = granule_kind(granule);
    switch (kind) {
    case GRANULE_NONE:
        return large_head(granule_index(granule));
    case GRANULE_SLAB_BODY:
    case GRANULE_GUARDED_BODY:
        return head_of_slots(granule);
    default:
        return if_it_reaches(granule, kind, granule_index(granule));
    }
}
