#include "core.h"

#include <stdatomic.h>

#include "alloc/allocate.h"
#include "alloc/heap.h"
#include "alloc/thread.h"
#include "stack/start.h"

enum { REDZONE_BYTES = 8, DEPTH = 30 };

_Thread_local struct finding core_last_finding;
enum guard_mode core_guard = GUARD_OFF;
bool core_hardens;

static atomic_ulong counts[FINDING_KINDS];

static void count(const struct finding *finding)
{
    core_last_finding = *finding;
    atomic_fetch_add(&counts[finding->kind], 1);
}

unsigned long core_findings(enum finding_kind kind)
{
    return atomic_load(&counts[kind]);
}

unsigned long core_all_findings(void)
{
    unsigned long sum = 0;
    for (int kind = 0; kind < FINDING_KINDS; kind++) {
        sum += atomic_load(&counts[kind]);
    }
    return sum;
}

bool core_start(size_t quarantine_bytes, enum core_stacks stacks)
{
    const struct heap_config config = {
        .redzone_bytes = REDZONE_BYTES,
        .hardens = core_hardens,
        .fill = true,
        .free_stacks = !core_hardens,
        .quarantine_cap_bytes = quarantine_bytes,
        .quarantine_floor_bytes = quarantine_bytes,
        .guards_best = core_guard == GUARD_OFF ? GUARDS_NONE : GUARDS_MADVISE,
        .guard = core_guard,
        .guard_side = GUARD_SIDE_BOTH,
        .guard_rate = 64,
    };
    finding_sink = count;
    if (!heap_start(&config, 0x243f6a8885a308d3u)) {
        return false;
    }
    stack_register_locks();
    if (stacks == CORE_WHOLE_STACKS) {
        stack_start(DEPTH);
    }
    return true;
}

__attribute__((noinline)) static void *allocate(size_t size, size_t alignment, bool zero,
                                                unsigned choice)
{
    struct call_site site = CALL_SITE();
    enum api via = choice % 2 ? API_MALLOC : API_REALLOC;
    return block_allocate(size, alignment == 0 ? ANY_ALIGNMENT : alignment, zero,
                          zero ? API_CALLOC : via, &site);
}

__attribute__((noinline)) static void *resize(void *at, size_t size, unsigned choice)
{
    struct call_site site = CALL_SITE();
    return block_resize(at, size, choice == 0 ? API_REALLOC : API_REALLOCARRAY, &site);
}

__attribute__((noinline)) static void release(void *at, size_t size, unsigned choice)
{
    struct call_site site = CALL_SITE();
    const struct release how = {
        .function = choice == 0 ? API_FREE_SIZED : API_FREE,
        .has_size = choice == 0,
        .size = size,
    };
    block_release(at, &how, &site);
}

static size_t usable_size(void *at)
{
    return block_usable_size(at);
}

const struct heap_calls core_calls = {
    .allocate = allocate,
    .resize = resize,
    .release = release,
    .usable_size = usable_size,
    .thread_ends = thread_leave,
};
