#include "inspect/regions.h"

#include "inspect/ranges.h"
#include "os/lock.h"
#include "os/own.h"

enum { FEWEST = 16 };

static struct lock lock = LOCK_INIT(LOCK_ROOTS);
static struct range *regions; /* under lock, as the next two */
static size_t count, capacity;

void regions_register_lock(void)
{
    lock_register(&lock);
}

void regions_hold(void)
{
    lock_acquire(&lock);
}

void regions_release(void)
{
    lock_release(&lock);
}

static bool grow_locked(void)
{
    size_t wider = capacity ? 2 * capacity : FEWEST;
    struct range *table = own_alloc(wider * sizeof *table);
    if (!table) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        table[i] = regions[i];
    }
    own_free(regions, capacity * sizeof *regions);
    regions = table;
    capacity = wider;
    return true;
}

bool roots_add_region(const void *start, size_t bytes)
{
    struct range region = {(uintptr_t)start, (uintptr_t)start + bytes};
    if (region.start >= region.end) {
        return false;
    }
    lock_acquire(&lock);
    bool room = count < capacity || grow_locked();
    if (room) {
        regions[count++] = region;
    }
    lock_release(&lock);
    return room;
}

bool roots_remove_region(const void *start, size_t bytes)
{
    bool found = false;
    lock_acquire(&lock);
    for (size_t i = count; i-- > 0 && !found;) {
        if (regions[i].start == (uintptr_t)start && regions[i].end - regions[i].start == bytes) {
            regions[i] = regions[--count];
            found = true;
        }
    }
    lock_release(&lock);
    return found;
}

void regions_each(void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    for (size_t i = 0; i < count; i++) {
        visit(context, regions[i].start, regions[i].end);
    }
}
