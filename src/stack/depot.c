#include "stack/depot.h"

#include <stdatomic.h>
#include <stddef.h>

#include "base/align.h"
#include "os/lock.h"
#include "os/pages.h"
#include "stack/guard.h"
#include "stack/store.h"
#include "stack/stored.h"

/* Open addressing, at most three quarters full. Of equal hashes, the first with the right modules
 * counts. */
struct slot {
    _Atomic uint64_t hash;    /* 0: free; written last */
    _Atomic uint32_t id;      /* 0: the slot was emptied just now, see grow_locked() */
    _Atomic uint32_t checked; /* good up to this epoch, as far as known */
};

struct table {
    struct slot *slots; /* NULL: none yet */
    uint64_t mask;
};

enum { FIRST_SLOTS_LOG2 = 8 };

static struct lock lock = LOCK_INIT(LOCK_DEPOT);
static _Atomic uintptr_t
    current; /* address of the slots, plus the logarithm of their number: one word */
static atomic_ulong stacks, cut_stacks; /* written under lock */

void depot_register_lock(void)
{
    lock_register(&lock);
}

uint64_t depot_stacks(void)
{
    return atomic_load_explicit(&stacks, memory_order_relaxed);
}

uint64_t depot_cut(void)
{
    return atomic_load_explicit(&cut_stacks, memory_order_relaxed);
}

static struct table current_table(void)
{
    uintptr_t word = atomic_load_explicit(&current, memory_order_acquire);
    unsigned log2 = word % OS_PAGE;
    return (struct table){(struct slot *)(word - log2), ((uint64_t)1 << log2) - 1};
}

static NOINLINE bool still_holds(struct slot *slot, uint32_t id, uint32_t epoch)
{
    if (!stored_holds(id, epoch)) {
        return false;
    }
    atomic_store_explicit(&slot->checked, epoch, memory_order_relaxed);
    return true;
}

/* What is read of a slot after its hash may be 0: then another thread is just emptying it. */
static ALWAYS_INLINE bool is_good(struct slot *slot, uint32_t id, uint32_t epoch)
{
    return id != STACK_NONE &&
           (LIKELY(epoch <= atomic_load_explicit(&slot->checked, memory_order_relaxed)) ||
            still_holds(slot, id, epoch));
}

/* The id, or STACK_NONE. */
static ALWAYS_INLINE uint32_t find(const struct depot_key *key)
{
    struct table table = current_table();
    if (UNLIKELY(!table.slots)) {
        return STACK_NONE;
    }
    for (uint64_t i = key->hash >> 32 & table.mask;; i = (i + 1) & table.mask) {
        struct slot *slot = &table.slots[i];
        uint64_t hash = atomic_load_explicit(&slot->hash, memory_order_acquire);
        if (hash == 0) {
            return STACK_NONE;
        }
        if (hash == key->hash) {
            uint32_t id = atomic_load_explicit(&slot->id, memory_order_relaxed);
            if (is_good(slot, id, key->epoch)) {
                return id;
            }
        }
    }
}

static void put(struct table table, uint64_t hash, uint32_t id, uint32_t checked)
{
    uint64_t i = hash >> 32 & table.mask;
    while (atomic_load_explicit(&table.slots[i].hash, memory_order_relaxed) != 0) {
        i = (i + 1) & table.mask;
    }
    atomic_store_explicit(&table.slots[i].id, id, memory_order_relaxed);
    atomic_store_explicit(&table.slots[i].checked, checked, memory_order_relaxed);
    atomic_store_explicit(&table.slots[i].hash, hash, memory_order_release);
}

/* The old slots are emptied: who still looks there finds nothing, and looks again under the lock.
 */
static bool grow_locked(struct table old)
{
    unsigned log2 = old.slots ? log2_floor(old.mask + 1) + 1 : FIRST_SLOTS_LOG2;
    struct table table = {store_take(STORE_TABLES, sizeof(struct slot) << log2),
                          ((uint64_t)1 << log2) - 1};
    if (!table.slots) {
        return false;
    }
    for (uint64_t i = 0; old.slots && i <= old.mask; i++) {
        struct slot *slot = &old.slots[i];
        uint64_t hash = atomic_load_explicit(&slot->hash, memory_order_relaxed);
        if (hash != 0) {
            put(table, hash, atomic_load_explicit(&slot->id, memory_order_relaxed),
                atomic_load_explicit(&slot->checked, memory_order_relaxed));
        }
    }
    atomic_store_explicit(&current, (uintptr_t)table.slots + log2, memory_order_release);
    if (old.slots) {
        os_pages_discard(old.slots, align_up(sizeof(struct slot) * (old.mask + 1), OS_PAGE));
    }
    return true;
}

/* A place in the table for one more. It may get fuller where memory is short. */
static bool make_room_locked(void)
{
    struct table table = current_table();
    uint64_t count = depot_stacks();
    if (table.slots && count < table.mask / 4 * 3) {
        return true;
    }
    return grow_locked(table) || (table.slots && count < table.mask - table.mask / 16);
}

static uint32_t store_locked(const struct depot_key *key)
{
    if (!make_room_locked()) {
        return STACK_NONE;
    }
    uint32_t id = stored_write_locked(key->frames, key->count, key->epoch);
    if (id == STACK_NONE) {
        return STACK_NONE;
    }
    put(current_table(), key->hash, id, key->epoch);
    atomic_fetch_add_explicit(&stacks, 1, memory_order_relaxed);
    if (key->cut) {
        atomic_fetch_add_explicit(&cut_stacks, 1, memory_order_relaxed);
    }
    return id;
}

static NOINLINE uint32_t intern_new(const struct depot_key *key)
{
    if (!guard_enter()) {
        return STACK_NONE;
    }
    lock_acquire(&lock);
    uint32_t id = find(key);
    if (id == STACK_NONE) {
        id = store_locked(key);
    }
    lock_release(&lock);
    guard_leave();
    return id;
}

uint32_t depot_intern(const struct depot_key *key)
{
    uint32_t id = find(key);
    return LIKELY(id != STACK_NONE) ? id : intern_new(key);
}
