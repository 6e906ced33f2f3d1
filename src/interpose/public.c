/* The functions of the public header. */
#define COALMINE_API __attribute__((visibility("default")))
#include "coalmine/coalmine.h"

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/lookup.h"
#include "alloc/stats.h"
#include "interpose/entry.h"
#include "stack/stack.h"

const char *coalmine_version(void)
{
    return COALMINE_VERSION;
}

static size_t copy_stack(uint32_t id, void **out)
{
    struct stack_view view = stack_view(id);
    size_t count = view.count < COALMINE_FRAMES ? view.count : COALMINE_FRAMES;
    for (size_t i = 0; i < count; i++) {
        out[i] = (void *)(view.frames[i] & STACK_PC_MASK);
    }
    return count;
}

int coalmine_describe(const void *address, struct coalmine_block *out)
{
    struct block_info block;
    bool is_ready = entry_is_open();
    DOOR(door); /* a stack that is looked at the first time is unpacked */
    if (!is_ready || !block_find((uintptr_t)address, &block)) {
        return 0;
    }
    *out = (struct coalmine_block){
        .address = (void *)block.address,
        .size = block.size_bytes,
        .state = block.state == BLOCK_FREED ? COALMINE_FREED : COALMINE_LIVE,
        .via = api_name(block.via),
        .offset = (ptrdiff_t)((uintptr_t)address - block.address),
    };
    out->alloc_frames = copy_stack(block.alloc_stack, out->alloc_stack);
    out->free_frames = copy_stack(block.free_stack, out->free_stack);
    return 1;
}

size_t coalmine_check(const void *address)
{
    struct call_site site = CALL_SITE();
    bool is_ready = entry_is_open();
    DOOR(door);
    return is_ready ? block_check(address, DETECTED_API, &site) : 0;
}

size_t coalmine_check_heap(void)
{
    struct call_site site = CALL_SITE();
    bool is_ready = entry_is_open();
    DOOR(door);
    return is_ready ? block_check_all(DETECTED_API, &site) : 0;
}

void coalmine_stats(struct coalmine_stats *out)
{
    struct heap_stats stats = entry_is_open() ? heap_stats() : (struct heap_stats){0};
    *out = (struct coalmine_stats){
        .live_blocks = stats.live_blocks,
        .live_bytes = stats.live_bytes,
        .peak_bytes = stats.peak_bytes,
        .allocations = stats.allocations,
        .frees = stats.frees,
        .quarantine_bytes = stats.quarantine_bytes,
        .arena_bytes = stats.arena_bytes,
    };
}

struct walk {
    void (*visit)(void *context, const void *address, size_t size);
    void *context;
};

static void visit_block(void *context, const struct block_info *block)
{
    const struct walk *walk = context;
    walk->visit(walk->context, (const void *)block->address, block->size_bytes);
}

void coalmine_walk(void (*visit)(void *context, const void *address, size_t size), void *context)
{
    struct walk walk = {visit, context};
    if (entry_is_open()) {
        block_each(BLOCK_LIVE, visit_block, &walk);
    }
}
