#include "stack/depot.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/align.h"
#include "os/lock.h"
#include "os/pages.h"
#include "stack/guard.h"
#include "stack/modules.h"
#include "stack/store.h"

struct stored {
    uint32_t epoch;           /* captured in */
    _Atomic uint32_t checked; /* good up to this epoch, as far as known */
    uint32_t count;
    uintptr_t frames[];
};

/* Open addressing. A slot is the hash above the id; 0 is free. */
struct table {
    uint32_t mask;
    _Atomic uint64_t slots[];
};

enum { FIRST_SLOTS = 512, GROWTH = 4, WORD = sizeof(uintptr_t), COMMIT_BYTES = 64 * 1024 };
static_assert(sizeof(struct stored) % WORD == 0, "ids count words");

static struct lock lock = LOCK_INIT(LOCK_DEPOT);
static _Atomic(struct table *) current;
static char *records;            /* under lock until the first id is published */
static size_t room_words;        /* under lock: of the reservation */
static size_t ready_words;       /* under lock: accessible */
static atomic_size_t used_words; /* written under lock */
static atomic_ulong stacks, cut_stacks;

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

static struct stored *stored_at(uint32_t id)
{
    return (struct stored *)(void *)(records + (size_t)id * WORD);
}

struct stack_view stack_view(uint32_t id)
{
    if (id == STACK_NONE || id >= atomic_load_explicit(&used_words, memory_order_acquire)) {
        return (struct stack_view){0};
    }
    const struct stored *stored = stored_at(id);
    return (struct stack_view){stored->frames, stored->count, stored->epoch};
}

/* Same modules behind the frames then and now? */
static NOINLINE bool still_holds(struct stored *stored, uint32_t epoch)
{
    for (uint32_t i = 0; i < stored->count; i++) {
        uintptr_t address = stack_lookup_address(stored->frames[i]);
        if (module_find(address, stored->epoch) != module_find(address, epoch)) {
            return false;
        }
    }
    atomic_store_explicit(&stored->checked, epoch, memory_order_relaxed);
    return true;
}

static ALWAYS_INLINE bool is_same(struct stored *stored, const struct depot_key *key)
{
    if (stored->count != key->count) {
        return false;
    }
    uintptr_t differ = 0;
    for (uint32_t i = 0; i < key->count; i++) {
        differ |= stored->frames[i] ^ key->frames[i];
    }
    if (differ != 0 || key->epoch < stored->epoch) {
        return false;
    }
    return LIKELY(key->epoch <= atomic_load_explicit(&stored->checked, memory_order_relaxed)) ||
           still_holds(stored, key->epoch);
}

/* The id, or STACK_NONE. */
static uint32_t find(struct table *table, const struct depot_key *key)
{
    for (uint32_t i = key->hash & table->mask;; i = (i + 1) & table->mask) {
        uint64_t slot = atomic_load_explicit(&table->slots[i], memory_order_acquire);
        if (slot == 0) {
            return STACK_NONE;
        }
        if (slot >> 32 == key->hash && is_same(stored_at((uint32_t)slot), key)) {
            return (uint32_t)slot;
        }
    }
}

static void put(struct table *table, uint64_t slot)
{
    uint32_t i = (uint32_t)(slot >> 32) & table->mask;
    while (atomic_load_explicit(&table->slots[i], memory_order_relaxed) != 0) {
        i = (i + 1) & table->mask;
    }
    atomic_store_explicit(&table->slots[i], slot, memory_order_release);
}

static bool grow_locked(struct table *old)
{
    size_t slots = old ? ((size_t)old->mask + 1) * GROWTH : FIRST_SLOTS;
    struct table *table =
        store_take_table(offsetof(struct table, slots) + slots * sizeof(uint64_t));
    if (!table) {
        return false;
    }
    table->mask = (uint32_t)(slots - 1);
    for (uint32_t i = 0; old && i <= old->mask; i++) {
        uint64_t slot = atomic_load_explicit(&old->slots[i], memory_order_relaxed);
        if (slot != 0) {
            put(table, slot);
        }
    }
    atomic_store_explicit(&current, table, memory_order_release);
    return true;
}

/* A place in the table for one more. It may get fuller than half where memory is short. */
static bool make_room_locked(void)
{
    struct table *table = atomic_load_explicit(&current, memory_order_relaxed);
    size_t count = depot_stacks();
    if (table && count < ((size_t)table->mask + 1) / 2) {
        return true;
    }
    return grow_locked(table) || (table && count < (size_t)table->mask - table->mask / 8);
}

/* Words for one record. 0 when there is no room. */
static uint32_t take_words_locked(size_t words)
{
    if (!records) {
        struct store_records store = store_records();
        records = store.start;
        room_words = records ? store.bytes / WORD : 0;
        atomic_store(&used_words, 1); /* id 0 is nobody's */
    }
    size_t at = atomic_load_explicit(&used_words, memory_order_relaxed);
    if (words > room_words - at || at > UINT32_MAX) {
        return 0;
    }
    if (at + words > ready_words) {
        if (!os_pages_commit(records + ready_words * WORD, COMMIT_BYTES)) {
            return 0;
        }
        ready_words += COMMIT_BYTES / WORD;
    }
    return (uint32_t)at;
}

static uint32_t store_locked(const struct depot_key *key)
{
    size_t words = sizeof(struct stored) / WORD + key->count;
    if (!make_room_locked()) {
        return STACK_NONE;
    }
    uint32_t id = take_words_locked(words);
    if (id == 0) {
        return STACK_NONE;
    }
    struct stored *stored = stored_at(id);
    stored->epoch = key->epoch;
    atomic_store_explicit(&stored->checked, key->epoch, memory_order_relaxed);
    stored->count = key->count;
    for (uint32_t i = 0; i < key->count; i++) {
        stored->frames[i] = key->frames[i];
    }
    atomic_store_explicit(&used_words, id + words, memory_order_release);
    put(atomic_load_explicit(&current, memory_order_relaxed), (uint64_t)key->hash << 32 | id);
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
    struct table *table = atomic_load_explicit(&current, memory_order_relaxed);
    uint32_t id = table ? find(table, key) : STACK_NONE;
    if (id == STACK_NONE) {
        id = store_locked(key);
    }
    lock_release(&lock);
    guard_leave();
    return id;
}

uint32_t depot_intern(const struct depot_key *key)
{
    struct table *table = atomic_load_explicit(&current, memory_order_acquire);
    uint32_t id = table ? find(table, key) : STACK_NONE;
    return LIKELY(id != STACK_NONE) ? id : intern_new(key);
}
