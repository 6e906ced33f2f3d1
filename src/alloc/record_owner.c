#include "alloc/record_owner.h"

#include "alloc/lookup.h"
#include "heap/arena.h"

struct search {
    uintptr_t address;
    uintptr_t place; /* some address of the block's; 0: not found */
};

/* A large block's record is in its run's descriptor, and what else is there is about it, too. */
static void look(void *context, const struct heap_run *run)
{
    struct search *search = context;
    uintptr_t records = (uintptr_t)run->records, granule = (uintptr_t)granule_at(run->start);
    if (run->slot_bytes == 0) {
        if (search->address - granule < sizeof(struct granule)) {
            search->place = run->first_slot;
        }
    } else if (search->address - records < run->slots * sizeof(struct record)) {
        size_t slot = (search->address - records) / sizeof(struct record);
        search->place = run->first_slot + slot * run->slot_bytes;
    }
}

bool record_owner(uintptr_t address, struct block_info *out)
{
    struct search search = {.address = address};
    heap_each_run(look, &search);
    return search.place != 0 && block_find(search.place, out);
}
