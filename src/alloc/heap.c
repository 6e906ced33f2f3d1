#include "alloc/heap.h"

#include "alloc/cache.h"
#include "alloc/guard_open.h"
#include "alloc/hardened.h"
#include "alloc/known.h"
#include "alloc/large.h"
#include "alloc/look.h"
#include "alloc/thread.h"
#include "base/hash.h"
#include "block/canary.h"
#include "block/fill.h"
#include "heap/arena.h"
#include "heap/buddy.h"
#include "heap/guarded.h"
#include "heap/slab.h"
#include "os/own.h"

struct heap_config heap_config;
uint64_t heap_fresh_pattern, heap_freed_pattern;

enum { GUARDED_HELD_BYTES = 256 * 1024 * 1024 };

/* Guarded blocks that were released hold no memory, only addresses: 52 bytes for each of a page, in
 * page tables and records, 3.3 MiB for all that are held back where none is live (measured). Where
 * the quarantine follows the heap, or is small for speed's sake, this and as much as is live is
 * held back, else what was asked for. */
static void start_guarded(void)
{
    size_t cap = heap_config.quarantine_cap_bytes;
    if (heap_config.quarantine_follows || heap_config.hardens) {
        guarded_start(GUARDED_HELD_BYTES, SIZE_MAX);
    } else {
        guarded_start(cap, cap);
    }
}

static size_t quick_below_bytes(const struct heap_config *config)
{
    bool is_quick =
        config->hardens && config->fill && config->redzone_bytes <= (size_t)SLAB_SINGLE_MOST;
    return is_quick ? SLAB_SINGLE_MOST - config->redzone_bytes + 1 : 0;
}

bool heap_start(const struct heap_config *config, uint64_t secret)
{
    heap_config = *config;
    heap_config.looks_at_freed =
        config->fill || config->quarantine_follows || config->quarantine_cap_bytes > 0;
    heap_config.quick_below_bytes = quick_below_bytes(config);
    heap_config.guard_side_large = config->guard_side;
    if (config->guard_side == GUARD_SIDE_AUTO) {
        heap_config.guard_side_large = GUARD_SIDE_AFTER;
        heap_config.guard_side = config->guard == GUARD_SAMPLE ? GUARD_SIDE_BOTH : GUARD_SIDE_AFTER;
    }
    canary_start(secret);
    heap_fresh_pattern = config->hardens ? 0 : FILL_FRESH;
    heap_freed_pattern = config->hardens ? 0 : FILL_FREED;
    own_register_lock();
    buddy_register_lock();
    slabs_start();
    look_register_lock();
    large_start();
    known_start();
    guard_open_start();
    threads_start();
    hardened_start();
    if (config->keeps_history) {
        slabs_keep_history();
        guarded_keep_history();
    }
    if (config->hardens) {
        slabs_choose_at_random(hash_mix(secret));
    }
    os_guards_start(config->guards_best);
    start_guarded();
    guard_choice_start(config->guard, config->guard_rate);
    return arena_start();
}
