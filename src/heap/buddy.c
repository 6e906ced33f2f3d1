#include "heap/buddy.h"

#include <stdatomic.h>

#include "base/align.h"
#include "os/limits.h"
#include "os/lock.h"
#include "os/pages.h"
#include "os/panic.h"

enum { ORDERS = 25, CHUNKS_PER_WORD = 64 };

static struct lock lock = LOCK_INIT(LOCK_BUDDY);
static uint32_t free_heads[ORDERS]; /* granule index + 1; under lock */
static _Atomic uint32_t frontier;   /* granules below were in use at some time; grows under lock */
static atomic_size_t in_use;

/* One bit per chunk that is readable and writable: 1 TiB of 1 MiB chunks. Set after the fact, so
 * two threads may commit the same chunk twice; that is harmless. */
static _Atomic uint64_t committed[((size_t)1 << 20) / CHUNKS_PER_WORD];

void buddy_register_lock(void)
{
    lock_register(&lock);
}

size_t buddy_granules_in_use(void)
{
    return atomic_load_explicit(&in_use, memory_order_relaxed);
}

size_t buddy_frontier(void)
{
    return frontier;
}

static void push_locked(uint32_t index, unsigned order)
{
    struct granule *run = &arena.granules[index];
    run->order = (uint8_t)order;
    run->prev = 0;
    run->next = free_heads[order];
    if (run->next) {
        arena.granules[run->next - 1].prev = index + 1;
    }
    free_heads[order] = index + 1;
    granule_set_kind(run, GRANULE_FREE);
}

static void unlink_locked(uint32_t index)
{
    struct granule *run = &arena.granules[index];
    if (run->prev) {
        arena.granules[run->prev - 1].next = run->next;
    } else {
        INVARIANT(free_heads[run->order] == index + 1);
        free_heads[run->order] = run->next;
    }
    if (run->next) {
        arena.granules[run->next - 1].prev = run->prev;
    }
    granule_set_kind(run, GRANULE_NONE);
}

/* Puts one aligned piece back and joins it with its buddy for as long as that is free and whole. */
static void join_locked(uint32_t index, unsigned order)
{
    while (order + 1 < ORDERS) {
        uint32_t buddy = index ^ (1u << order);
        const struct granule *other = &arena.granules[buddy];
        if (buddy >= frontier || granule_kind(other) != GRANULE_FREE || other->order != order) {
            break;
        }
        unlink_locked(buddy);
        index &= ~(1u << order);
        order++;
    }
    push_locked(index, order);
}

/* Any stretch is a sequence of aligned power-of-two pieces. */
static void put_stretch_locked(uint32_t index, uint32_t end)
{
    while (index < end) {
        unsigned order = log2_floor(end - index);
        unsigned aligned = index ? (unsigned)__builtin_ctz(index) : ORDERS - 1;
        order = order < aligned ? order : aligned;
        join_locked(index, order);
        index += 1u << order;
    }
}

/* Takes fresh address space for a run of this order, and what must be skipped to align it. */
static bool grow_locked(unsigned order)
{
    uint32_t length = 1u << order;
    length = length < HEAP_CHUNK_GRANULES ? HEAP_CHUNK_GRANULES : length;
    uint32_t start = (uint32_t)align_up(frontier, length);
    if ((size_t)start + length > arena.bytes >> GRANULE_SHIFT) {
        return false;
    }
    uint32_t skipped = frontier;
    frontier = start + length;
    put_stretch_locked(skipped, start);
    push_locked(start, log2_floor(length));
    return true;
}

static bool take_locked(unsigned order, uint32_t *index)
{
    unsigned from = order;
    while (from < ORDERS && !free_heads[from]) {
        from++;
    }
    if (from == ORDERS) {
        if (!grow_locked(order)) {
            return false;
        }
        return take_locked(order, index);
    }
    *index = free_heads[from] - 1;
    unlink_locked(*index);
    while (from > order) {
        from--;
        push_locked(*index + (1u << from), from);
    }
    return true;
}

/* The reservation counts as address space whether it is used or not, so a limit that the program
 * sets later would not bind us: what is handed out must stay below it, as with any malloc. As much
 * as was in use when the limit was last asked for needs no asking again. */
static bool is_within_limit(void)
{
    static atomic_size_t allowed;
    size_t wanted = buddy_granules_in_use();
    if (wanted <= atomic_load_explicit(&allowed, memory_order_relaxed)) {
        return true;
    }
    size_t limit = os_limit_address_space();
    if (limit != SIZE_MAX && wanted > limit >> GRANULE_SHIFT) {
        return false;
    }
    atomic_store_explicit(&allowed, wanted, memory_order_relaxed);
    return true;
}

static bool commit(uint32_t index, uint32_t granules)
{
    uint32_t first = index / HEAP_CHUNK_GRANULES;
    uint32_t end = (index + granules + HEAP_CHUNK_GRANULES - 1) / HEAP_CHUNK_GRANULES;
    size_t chunk_bytes = GRANULE_BYTES * HEAP_CHUNK_GRANULES;
    for (uint32_t chunk = first; chunk < end; chunk++) {
        _Atomic uint64_t *word = &committed[chunk / CHUNKS_PER_WORD];
        uint64_t bit = (uint64_t)1 << chunk % CHUNKS_PER_WORD;
        if (atomic_load_explicit(word, memory_order_acquire) & bit) {
            continue;
        }
        uint32_t stretch =
            chunk + 1; /* one call for neighbouring chunks: a large block is one mprotect */
        while (stretch < end &&
               !(atomic_load(&committed[stretch / CHUNKS_PER_WORD]) >> stretch % CHUNKS_PER_WORD &
                 1)) {
            stretch++;
        }
        if (!os_pages_commit((char *)arena.base + chunk * chunk_bytes,
                             (stretch - chunk) * chunk_bytes)) {
            return false;
        }
        for (; chunk < stretch; chunk++) {
            atomic_fetch_or(&committed[chunk / CHUNKS_PER_WORD],
                            (uint64_t)1 << chunk % CHUNKS_PER_WORD);
        }
        chunk--;
    }
    return true;
}

/* Takes what is committed of a free run back from it, chunk by whole chunk. True if there was any.
 */
static bool decommit_locked(uint32_t index, uint32_t granules)
{
    size_t chunk_bytes = GRANULE_BYTES * HEAP_CHUNK_GRANULES;
    bool any = false;
    for (uint32_t chunk = index / HEAP_CHUNK_GRANULES;
         chunk < (index + granules) / HEAP_CHUNK_GRANULES; chunk++) {
        uint64_t bit = (uint64_t)1 << chunk % CHUNKS_PER_WORD;
        if (atomic_load(&committed[chunk / CHUNKS_PER_WORD]) & bit &&
            os_pages_decommit((char *)arena.base + chunk * chunk_bytes, chunk_bytes)) {
            atomic_fetch_and(&committed[chunk / CHUNKS_PER_WORD], ~bit);
            any = true;
        }
    }
    return any;
}

bool buddy_decommit_idle(void)
{
    bool any = false;
    lock_acquire(&lock);
    for (unsigned order = log2_floor(HEAP_CHUNK_GRANULES); order < ORDERS; order++) {
        for (uint32_t at = free_heads[order]; at; at = arena.granules[at - 1].next) {
            any |= decommit_locked(at - 1, 1u << order);
        }
    }
    lock_release(&lock);
    return any;
}

static bool commit_or_make_room(uint32_t index, uint32_t granules)
{
    return commit(index, granules) || (buddy_decommit_idle() && commit(index, granules));
}

static void put_back(uint32_t index, uint32_t end)
{
    lock_acquire(&lock);
    put_stretch_locked(index, end);
    lock_release(&lock);
}

struct granule *run_alloc(uint32_t granules)
{
    unsigned order = log2_ceil(granules);
    uint32_t index;
    if (order >= ORDERS) {
        return NULL;
    }
    lock_acquire(&lock);
    bool taken = take_locked(order, &index);
    if (taken) {
        put_stretch_locked(index + granules, index + (1u << order));
    }
    lock_release(&lock);
    if (!taken) {
        return NULL;
    }
    atomic_fetch_add_explicit(&in_use, granules, memory_order_relaxed);
    if (!is_within_limit() || !commit_or_make_room(index, granules)) {
        run_free_clean(&arena.granules[index], granules);
        return NULL;
    }
    return &arena.granules[index];
}

void run_free(struct granule *run, uint32_t granules)
{
    os_pages_discard((void *)granule_start(run), (size_t)granules << GRANULE_SHIFT);
    run_free_clean(run, granules);
}

void run_free_clean(struct granule *run, uint32_t granules)
{
    uint32_t index = granule_index(run);
    put_back(index, index + granules);
    atomic_fetch_sub_explicit(&in_use, granules, memory_order_relaxed);
}

bool run_extend(struct granule *run, uint32_t granules, uint32_t wanted)
{
    uint32_t start = granule_index(run), at = start + granules, end = start + wanted;
    if (start != 0 && wanted > 1u << __builtin_ctz(start)) {
        return false;
    }
    lock_acquire(&lock);
    while (at < end && at < frontier && granule_kind(&arena.granules[at]) == GRANULE_FREE) {
        uint32_t length = 1u << arena.granules[at].order;
        unlink_locked(at);
        at += length;
    }
    bool reached = at >= end;
    put_stretch_locked(reached ? end : start + granules, at);
    lock_release(&lock);
    if (!reached) {
        return false;
    }
    atomic_fetch_add_explicit(&in_use, wanted - granules, memory_order_relaxed);
    if (!is_within_limit() || !commit_or_make_room(start + granules, wanted - granules)) {
        run_free_clean(run + granules, wanted - granules);
        return false;
    }
    return true;
}
