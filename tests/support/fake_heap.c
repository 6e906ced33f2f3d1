#include "support/fake_heap.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/ref.h"
#include "stack/callsite.h"
#include "support/live_heap.h"

struct fake {
    uintptr_t masked;
    bool live;
};

static struct fake fakes[FAKE_BLOCKS];
static unsigned fake_count;

static struct ref ref_of(fake_block block)
{
    struct ref ref;
    ck_assert(ref_find(~fakes[block].masked, &ref));
    return ref;
}

__attribute__((noinline)) void fake_wipe_frames(void)
{
    volatile char room[16384];
    memset((void *)room, 0, sizeof room);
    __asm__ volatile("" : : "r"(room) : "memory"); /* they are written, whatever is thought of it */
    FAKE_FORGET();
}

static __attribute__((noinline)) void make(enum api via, size_t size, size_t alignment,
                                           uint32_t alloc_stack)
{
    ck_assert_uint_lt(fake_count, FAKE_BLOCKS);
    void *at = take_by(via, size, alignment);
    ck_assert_ptr_nonnull(at);
    memset(at, 0, size);
    fakes[fake_count] = (struct fake){~(uintptr_t)at, true};
    ref_of(fake_count).record->alloc_stack = alloc_stack;
}

fake_block fake_make_by(enum api via, size_t size, size_t alignment, uint32_t alloc_stack)
{
    make(via, size, alignment, alloc_stack);
    fake_wipe_frames();
    return fake_count++;
}

fake_block fake_make(size_t size, uint32_t alloc_stack)
{
    return fake_make_by(API_MALLOC, size, 16, alloc_stack);
}

static __attribute__((noinline)) void release(fake_block block)
{
    give((void *)~fakes[block].masked);
    fakes[block].live = false;
}

void fake_release(fake_block block)
{
    release(block);
    fake_wipe_frames();
}

void fake_clear(void)
{
    static bool started;
    if (!started) {
        live_heap_start();
        started = true;
    }
    for (fake_block block = 0; block < fake_count; block++) {
        if (fakes[block].live) {
            fake_release(block);
        }
    }
    fake_count = 0;
}

uintptr_t fake_masked_address(fake_block block)
{
    return fakes[block].masked;
}

/* Through volatile, so that no copy of the address is kept for later. */
static __attribute__((noinline)) void point(void *place, fake_block to, size_t offset)
{
    volatile uintptr_t *word = place;
    *word = fake_masked_address(to) - offset;
    *word = ~*word;
}

void fake_point(void *place, fake_block to, size_t offset)
{
    point(place, to, offset);
    fake_wipe_frames();
}

static __attribute__((noinline)) void link_to(fake_block from, size_t at, fake_block to)
{
    point((void *)(~fake_masked_address(from) + at), to, 0);
}

void fake_link(fake_block from, size_t at, fake_block to)
{
    link_to(from, at, to);
    fake_wipe_frames();
}
