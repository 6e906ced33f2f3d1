/* Power-of-two free lists over chunks from the system. Chunks are never given back: what our
 * records needed once they will need again. Large requests have mappings of their own. */
#include "os/own.h"

#include <stdatomic.h>
#include <string.h>

#include "base/align.h"
#include "os/keys.h"
#include "os/lock.h"
#include "os/pages.h"

enum { SMALLEST_LOG2 = 4, LARGEST_LOG2 = 16, CHUNK_BYTES = 128 * 1024, MOST_RANGES = 4096 };

struct free_piece {
    struct free_piece *next;
};

struct range {
    uintptr_t start, end;
};

static struct lock lock = LOCK_INIT(LOCK_OWN);

/* One for all, but where keys are used, another for records. */
static struct pool {
    struct free_piece *free_lists[LARGEST_LOG2 + 1]; /* under lock */
    char *chunk_next, *chunk_end;                    /* under lock */
    bool has_key;
} plain, keyed = {.has_key = true};

static struct range ranges[MOST_RANGES]; /* written under lock, start last */
static atomic_size_t range_count;
static atomic_size_t mapped_bytes;

void own_register_lock(void)
{
    lock_register(&lock);
}

static void remember_locked(const void *start, size_t bytes)
{
    size_t count = atomic_load_explicit(&range_count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].start == ranges[i].end) { /* an entry whose mapping went away */
            ranges[i] = (struct range){(uintptr_t)start, (uintptr_t)start + bytes};
            return;
        }
    }
    if (count <
        MOST_RANGES) { /* past that a range counts as a root: a leak may be missed, none invented */
        ranges[count] = (struct range){(uintptr_t)start, (uintptr_t)start + bytes};
        atomic_store_explicit(&range_count, count + 1, memory_order_release);
    }
}

static void forget_locked(const void *start)
{
    size_t count = atomic_load_explicit(&range_count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].start == (uintptr_t)start) {
            ranges[i] = (struct range){0, 0};
            return;
        }
    }
}

void own_add_range(const void *start, size_t bytes)
{
    lock_acquire(&lock);
    remember_locked(start, bytes);
    lock_release(&lock);
}

static struct pool *record_pool(void)
{
    return os_keys_used ? &keyed : &plain;
}

static void *map_whole(const struct pool *pool, size_t bytes)
{
    void *at = os_pages_map(align_up(bytes, OS_PAGE));
    if (at) {
        atomic_fetch_add(&mapped_bytes, align_up(bytes, OS_PAGE));
        lock_acquire(&lock);
        remember_locked(at, align_up(bytes, OS_PAGE));
        lock_release(&lock);
        if (pool->has_key) {
            os_keys_cover(at, align_up(bytes, OS_PAGE), true);
        }
    }
    return at;
}

static void *carve_locked(struct pool *pool, size_t bytes)
{
    if ((size_t)(pool->chunk_end - pool->chunk_next) < bytes) {
        char *chunk = os_pages_map(CHUNK_BYTES);
        if (!chunk) {
            return NULL;
        }
        atomic_fetch_add(&mapped_bytes, CHUNK_BYTES);
        if (pool->has_key) {
            os_keys_cover(chunk, CHUNK_BYTES, true);
        }
        if (chunk != pool->chunk_end) {
            remember_locked(chunk, CHUNK_BYTES);
            pool->chunk_next = chunk;
        } else { /* grown in place: one range, and the rest of the old chunk serves too */
            for (size_t i = 0; i < atomic_load(&range_count); i++) {
                if (ranges[i].end == (uintptr_t)chunk) {
                    ranges[i].end += CHUNK_BYTES;
                    break;
                }
            }
        }
        pool->chunk_end = chunk + CHUNK_BYTES;
    }
    void *piece = pool->chunk_next;
    pool->chunk_next += bytes;
    return piece;
}

static void *take(struct pool *pool, size_t bytes)
{
    unsigned order = log2_ceil(bytes);
    order = order < SMALLEST_LOG2 ? SMALLEST_LOG2 : order;
    if (order > LARGEST_LOG2) {
        return map_whole(pool, bytes);
    }
    lock_acquire(&lock);
    struct free_piece *piece = pool->free_lists[order];
    if (piece) {
        pool->free_lists[order] = piece->next;
    }
    void *at = piece ? (void *)piece : carve_locked(pool, (size_t)1 << order);
    lock_release(&lock);
    if (piece) {
        memset(piece, 0, (size_t)1 << order);
    }
    return at;
}

static void give_back(struct pool *pool, void *at, size_t bytes)
{
    if (!at) {
        return;
    }
    unsigned order = log2_ceil(bytes);
    order = order < SMALLEST_LOG2 ? SMALLEST_LOG2 : order;
    if (order > LARGEST_LOG2) {
        lock_acquire(&lock);
        forget_locked(at);
        lock_release(&lock);
        atomic_fetch_sub(&mapped_bytes, align_up(bytes, OS_PAGE));
        os_pages_unmap(at, align_up(bytes, OS_PAGE));
        return;
    }
    struct free_piece *piece = at;
    lock_acquire(&lock);
    piece->next = pool->free_lists[order];
    pool->free_lists[order] = piece;
    lock_release(&lock);
}

void *own_alloc(size_t bytes)
{
    return take(&plain, bytes);
}

void own_free(void *at, size_t bytes)
{
    give_back(&plain, at, bytes);
}

void *own_alloc_record(size_t bytes)
{
    return take(record_pool(), bytes);
}

void own_free_record(void *at, size_t bytes)
{
    give_back(record_pool(), at, bytes);
}

void own_each_range(void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    size_t count = atomic_load_explicit(&range_count, memory_order_acquire);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].start < ranges[i].end) {
            visit(context, ranges[i].start, ranges[i].end);
        }
    }
}

size_t own_total_bytes(void)
{
    return atomic_load(&mapped_bytes);
}
