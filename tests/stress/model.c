#include "model.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    HELD_MOST = 512,     /* blocks a thread holds at a time */
    MEETING_PLACES = 64, /* where threads leave blocks for each other */
    WHOLE_BYTES = 4096,  /* blocks up to this size are written and compared whole */
    EDGE_BYTES = 256,    /* of larger ones, so much at either end … */
    STRIDE_BYTES =
        1021, /* … and every so many bytes between; prime: all offsets in a page come up */
    TOLD_MOST = 10,
};

struct held {
    unsigned char *at; /* NULL: none */
    size_t size;
    uint64_t key; /* what its contents follow from */
};

struct meeting_place {
    pthread_mutex_t mutex;
    struct held left; /* under mutex */
};

struct actor {
    const struct heap_calls *calls;
    const struct model_plan *plan;
    struct meeting_place *places;
    uint64_t random;
    unsigned number;
    struct held held[HELD_MOST];
};

static atomic_uint broken;

static void tell(const struct actor *actor, const char *what, const struct held *held,
                 size_t offset)
{
    if (atomic_fetch_add(&broken, 1) < TOLD_MOST) {
        fprintf(stderr, "seed %llu, thread %u: %s: block %p of %zu bytes, offset %zu\n",
                (unsigned long long)actor->plan->seed, actor->number, what, (void *)held->at,
                held->size, offset);
    }
}

uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static size_t below(struct actor *actor, size_t limit)
{
    return limit == 0 ? 0 : random_next(&actor->random) % limit;
}

static unsigned char content(uint64_t key, size_t offset)
{
    return (unsigned char)((key >> (offset % 7 * 8)) + offset * 31);
}

/* The next offset to look at: all of them at the edges. */
static size_t next_offset(size_t size, size_t offset)
{
    if (size <= WHOLE_BYTES || offset < EDGE_BYTES || offset >= size - EDGE_BYTES) {
        return offset + 1;
    }
    size_t next = offset + STRIDE_BYTES;
    return next < size - EDGE_BYTES ? next : size - EDGE_BYTES;
}

static void write_contents(struct held *held, uint64_t key)
{
    held->key = key;
    for (size_t i = 0; i < held->size; i = next_offset(held->size, i)) {
        held->at[i] = content(key, i);
    }
}

/* The first `length` bytes, as far as they were written for a block of `written` bytes. */
static void compare_contents(const struct actor *actor, const struct held *held, size_t length,
                             size_t written)
{
    for (size_t i = 0; i < written && i < length; i = next_offset(written, i)) {
        if (held->at[i] != content(held->key, i)) {
            tell(actor, "contents changed", held, i);
            return;
        }
    }
}

static void compare_zero(const struct actor *actor, const struct held *held)
{
    for (size_t i = 0; i < held->size; i++) {
        if (held->at[i] != 0) {
            tell(actor, "not zero", held, i);
            return;
        }
    }
}

static size_t pick_size(struct actor *actor)
{
    static const size_t limits[16] = {16,  32,  64,   64,   128,  128,   256,    512,
                                      512, 800, 1500, 3000, 5000, 20000, 100000, SIZE_MAX};
    size_t limit = limits[below(actor, 16)];
    return below(actor, limit < actor->plan->most_bytes ? limit : actor->plan->most_bytes);
}

/* To 16, or where the block stands at a guard page to what its size needs. */
static bool is_aligned(const struct held *held, size_t asked)
{
    enum { USUAL = 16, PAGE = 4096 };
    uintptr_t at = (uintptr_t)held->at, end = at + held->size;
    size_t needed = USUAL;
    if ((end + needed - 1) % PAGE < needed) {
        while (needed > held->size && needed > 1) {
            needed /= 2;
        }
    }
    return at % (asked > needed ? asked : needed) == 0;
}

static void check_new(const struct actor *actor, const struct held *held, size_t alignment)
{
    if (!is_aligned(held, alignment)) {
        tell(actor, "not aligned", held, 0);
    }
    if (actor->calls->usable_size(held->at) != held->size) {
        tell(actor, "usable size is not the size asked for", held, 0);
    }
}

static void release(struct actor *actor, struct held *held)
{
    if (held->at) {
        compare_contents(actor, held, held->size, held->size);
        actor->calls->release(held->at, held->size, (unsigned)below(actor, 4));
        held->at = NULL;
    }
}

static void allocate(struct actor *actor, struct held *held)
{
    size_t alignment = below(actor, 8) == 0 ? (size_t)8 << below(actor, 10) : 0;
    bool zero = alignment == 0 && below(actor, 4) == 0;
    held->size = pick_size(actor);
    held->at = actor->calls->allocate(held->size, alignment, zero, (unsigned)below(actor, 8));
    if (!held->at) {
        if (!actor->plan->may_fail) {
            tell(actor, "no memory", held, 0);
        }
        return;
    }
    check_new(actor, held, alignment);
    if (zero) {
        compare_zero(actor, held);
    }
    write_contents(held, random_next(&actor->random));
}

static void resize(struct actor *actor, struct held *held)
{
    size_t size = pick_size(actor) + 1;
    struct held old = *held;
    unsigned char *at = actor->calls->resize(held->at, size, (unsigned)below(actor, 2));
    if (!at) {
        if (!actor->plan->may_fail) {
            tell(actor, "no memory to resize", held, 0);
        }
        compare_contents(actor, held, held->size, held->size);
        return;
    }
    held->at = at;
    held->size = size;
    check_new(actor, held, 0);
    compare_contents(actor, held, size < old.size ? size : old.size, old.size);
    write_contents(held, random_next(&actor->random));
}

/* Leaves a block where another thread finds it, and takes what lies there. */
static void meet(struct actor *actor, struct held *held)
{
    struct meeting_place *place = &actor->places[below(actor, MEETING_PLACES)];
    pthread_mutex_lock(&place->mutex);
    struct held taken = place->left;
    place->left = *held;
    pthread_mutex_unlock(&place->mutex);
    *held = taken;
}

static void act(struct actor *actor)
{
    struct held *held = &actor->held[below(actor, HELD_MOST)];
    size_t what = below(actor, 100);
    if (what < 10) {
        meet(actor, held);
    } else if (!held->at) {
        allocate(actor, held);
    } else if (what < 40) {
        resize(actor, held);
    } else if (what < 45) {
        compare_contents(actor, held, held->size, held->size);
    } else {
        release(actor, held);
    }
}

static void *perform(void *argument)
{
    struct actor *actor = argument;
    for (unsigned long i = 0; i < actor->plan->operations; i++) {
        act(actor);
    }
    for (size_t i = 0; i < HELD_MOST; i++) {
        release(actor, &actor->held[i]);
    }
    if (actor->calls->thread_ends) {
        actor->calls->thread_ends();
    }
    return NULL;
}

enum { THREADS_MOST = 64 };

bool model_run(const struct heap_calls *calls, const struct model_plan *plan)
{
    static struct actor actors[THREADS_MOST];
    static struct meeting_place places[MEETING_PLACES];
    pthread_t threads[THREADS_MOST];
    atomic_store(&broken, 0);
    for (size_t i = 0; i < MEETING_PLACES; i++) {
        pthread_mutex_init(&places[i].mutex, NULL);
    }
    unsigned count = plan->threads < THREADS_MOST ? plan->threads : THREADS_MOST;
    unsigned started = 0;
    for (; started < count; started++) {
        actors[started] = (struct actor){
            .calls = calls,
            .plan = plan,
            .places = places,
            .random = plan->seed * 1000003u + started,
            .number = started,
        };
        if (pthread_create(&threads[started], NULL, perform, &actors[started]) != 0) {
            fprintf(stderr, "seed %llu: thread %u cannot start\n", (unsigned long long)plan->seed,
                    started);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < MEETING_PLACES && started > 0; i++) {
        release(&actors[0], &places[i].left);
    }
    return atomic_load(&broken) == 0 && (started == count || plan->may_fail);
}
