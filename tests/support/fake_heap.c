#include "support/fake_heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/lookup.h"
#include "alloc/stats.h"

enum { HEAP_BYTES = FAKE_STEP_BYTES * FAKE_BLOCKS };

struct fake {
    size_t step;            /* where it begins */
    struct block_info info; /* address not set */
};

static struct fake fakes[FAKE_BLOCKS];
static unsigned fake_count;
static size_t steps_used;
static uintptr_t masked_base;

static uintptr_t base(void)
{
    if (!masked_base) {
        void *at =
            mmap(NULL, HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) {
            abort();
        }
        masked_base = ~(uintptr_t)at;
    }
    return ~masked_base;
}

fake_block fake_make(size_t size, uint32_t alloc_stack)
{
    size_t steps = size / FAKE_STEP_BYTES + 1;
    if (fake_count == FAKE_BLOCKS || steps_used + steps > FAKE_BLOCKS) {
        abort();
    }
    fakes[fake_count] = (struct fake){
        .step = steps_used,
        .info = {.size_bytes = size, .state = BLOCK_LIVE, .alloc_stack = alloc_stack},
    };
    steps_used += steps;
    return fake_count++;
}

void fake_release(fake_block block)
{
    fakes[block].info.state = BLOCK_FREED;
}

void fake_clear(void)
{
    memset((void *)base(), 0, steps_used * FAKE_STEP_BYTES);
    fake_count = 0;
    steps_used = 0;
}

uintptr_t fake_masked_address(fake_block block)
{
    return masked_base - fakes[block].step * FAKE_STEP_BYTES;
}

/* Through volatile, so that no copy of the address is kept for later. */
__attribute__((noinline)) void fake_point(void *place, fake_block to, size_t offset)
{
    volatile uintptr_t *word = place;
    *word = fake_masked_address(to) - offset;
    *word = ~*word;
    FAKE_FORGET();
}

void fake_link(fake_block from, size_t at, fake_block to)
{
    fake_point((void *)(~fake_masked_address(from) + at), to, 0);
}

static struct block_info info_of(const struct fake *fake)
{
    struct block_info info = fake->info;
    info.address = base() + fake->step * FAKE_STEP_BYTES;
    return info;
}

bool block_find(uintptr_t address, struct block_info *out)
{
    for (unsigned i = 0; i < fake_count; i++) {
        *out = info_of(&fakes[i]);
        if (address - out->address < out->size_bytes + (out->size_bytes == 0)) {
            return true;
        }
    }
    return false;
}

void heap_range(uintptr_t *start, uintptr_t *end)
{
    *start = base();
    *end = base() + HEAP_BYTES;
}

void block_each(enum block_state state,
                void (*visit)(void *context, const struct block_info *block), void *context)
{
    for (unsigned i = 0; i < fake_count; i++) {
        if (fakes[i].info.state == state) {
            struct block_info info = info_of(&fakes[i]);
            visit(context, &info);
        }
    }
}

struct heap_stats heap_stats(void)
{
    struct heap_stats stats = {0};
    for (unsigned i = 0; i < fake_count; i++) {
        stats.live_blocks += fakes[i].info.state == BLOCK_LIVE;
    }
    return stats;
}
