#include "support/live_heap.h"

#include <check.h>
#include <pthread.h>

#include "stack/start.h"

#define CANARY_SECRET 0x243f6a8885a308d3u

enum { KEPT_MOST = 256 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct finding kept[KEPT_MOST]; /* under mutex */
static unsigned long count;            /* under mutex */

static void keep(const struct finding *finding)
{
    pthread_mutex_lock(&mutex);
    if (count < KEPT_MOST) {
        kept[count] = *finding;
    }
    count++;
    pthread_mutex_unlock(&mutex);
}

struct heap_config live_heap_usual(void)
{
    return (struct heap_config){
        .redzone_bytes = 8,
        .fill = true,
        .free_stacks = true,
        .quarantine_floor_bytes = 8 << 20,
        .quarantine_cap_bytes = 8 << 20,
    };
}

void live_heap_start_with(struct heap_config config)
{
    finding_sink = keep;
    ck_assert(heap_start(&config, CANARY_SECRET));
    stack_register_locks();
}

void live_heap_start(void)
{
    live_heap_start_with(live_heap_usual());
}

void live_heap_start_without_quarantine(void)
{
    struct heap_config config = live_heap_usual();
    config.quarantine_floor_bytes = config.quarantine_cap_bytes = 0;
    live_heap_start_with(config);
}

__attribute__((noinline)) void *take_by(enum api via, size_t size, size_t alignment)
{
    struct call_site site = CALL_SITE();
    return block_allocate(size, alignment, via == API_CALLOC, via, &site);
}

void *take(size_t size)
{
    return take_by(API_MALLOC, size, ANY_ALIGNMENT);
}

void *take_zero(size_t size)
{
    return take_by(API_CALLOC, size, ANY_ALIGNMENT);
}

void *take_aligned(size_t size, size_t alignment)
{
    return take_by(API_ALIGNED_ALLOC, size, alignment);
}

__attribute__((noinline)) void give_as(struct release how, void *block)
{
    struct call_site site = CALL_SITE();
    block_release(block, &how, &site);
}

void give_by(enum api function, void *block)
{
    give_as((struct release){.function = function}, block);
}

void give(void *block)
{
    give_by(API_FREE, block);
}

__attribute__((noinline)) void *resize(void *block, size_t size)
{
    struct call_site site = CALL_SITE();
    return block_resize(block, size, API_REALLOC, &site);
}

__attribute__((noinline)) size_t check_all(void)
{
    struct call_site site = CALL_SITE();
    return block_check_all(DETECTED_API, &site);
}

struct block_info info_of(const void *block)
{
    struct block_info info;
    ck_assert(block_find((uintptr_t)block, &info));
    return info;
}

/* Slots of a fresh slab are handed out by rising address, but for the borders between batches. */
struct neighbours take_neighbours(size_t size)
{
    unsigned char *last = take(size);
    for (int tries = 0; tries < 1000; tries++) {
        unsigned char *next = take(size);
        ck_assert_ptr_nonnull(next);
        if (next > last && info_of(last + size).address == (uintptr_t)last &&
            info_of(next - 1).address == (uintptr_t)last) {
            return (struct neighbours){last, next};
        }
        last = next;
    }
    ck_abort_msg("no two blocks of %zu bytes side by side", size);
    return (struct neighbours){NULL, NULL};
}

unsigned long found(void)
{
    pthread_mutex_lock(&mutex);
    unsigned long now = count;
    pthread_mutex_unlock(&mutex);
    return now;
}

unsigned long found_of(enum finding_kind kind)
{
    unsigned long of_kind = 0;
    pthread_mutex_lock(&mutex);
    for (unsigned long i = 0; i < count && i < KEPT_MOST; i++) {
        of_kind += kept[i].kind == kind;
    }
    pthread_mutex_unlock(&mutex);
    return of_kind;
}

struct finding found_nth(unsigned long n)
{
    ck_assert_uint_lt(n, found());
    return kept[n];
}

struct finding found_only(void)
{
    ck_assert_uint_eq(found(), 1);
    return kept[0];
}

void forget_found(void)
{
    pthread_mutex_lock(&mutex);
    count = 0;
    pthread_mutex_unlock(&mutex);
}
