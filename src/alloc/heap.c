#include "alloc/heap.h"

#include "alloc/cache.h"
#include "alloc/large.h"
#include "alloc/look.h"
#include "alloc/thread.h"
#include "block/canary.h"
#include "heap/arena.h"
#include "heap/buddy.h"
#include "heap/slab.h"
#include "os/own.h"

struct heap_config heap_config;

bool heap_start(const struct heap_config *config, uint64_t secret)
{
    heap_config = *config;
    heap_config.looks_at_freed =
        config->fill || config->quarantine_follows || config->quarantine_cap_bytes > 0;
    canary_secret = secret;
    own_register_lock();
    buddy_register_lock();
    slabs_start();
    look_register_lock();
    large_start();
    threads_start();
    if (config->keeps_history) {
        slabs_keep_history();
    }
    return arena_start();
}
