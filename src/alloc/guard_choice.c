#include "alloc/guard_choice.h"

#include <stdatomic.h>

#include "alloc/thread.h"
#include "base/hash.h"
#include "heap/guarded.h"
#include "os/clock.h"
#include "os/own.h"
#include "stack/stack.h"

enum {
    /* A byte for each stack. */
    COUNT_MASK = 31, /* guarded blocks it had; that many or more */
    WAS_ASKED = 32,  /* guard_site_is_known() */
    IS_MARKED = 64,  /* guard_choice_always() */

    /* Bytes lie in chunks that are made when a stack of theirs is met. Ids are places in memory,
     * and no two stacks begin in the same pair of units. */
    ID_SHIFT = 1,
    CHUNK_SHIFT = 16,
    CHUNK_BYTES = 1 << CHUNK_SHIFT,
    CHUNKS = 1 << (32 - ID_SHIFT - CHUNK_SHIFT),

    /* Time: one part in so many of what passes, and so much at once after a pause or at the start.
     * New code comes in bursts: a program that has run for a while may spend half as much again
     * ahead of its time, up to this bound. One block counts for no more than the last: the rest is
     * the scheduler's. */
    TIME_SHARE = 100,
    TIME_AT_ONCE_US = 100,
    TIME_AHEAD_US = 1000000,
    TIME_OF_ONE_US = 50,
    RANKS = 16, /* the allowance that a stack with N guarded blocks leaves to others, in 1/RANKS */
    RANK_MOST = 8,
    REFUSED_GAP = 32,  /* who was refused comes again no sooner: the answer costs time too … */
    REFUSED_ASKS = 32, /* … and so many others of the same rank or a worse one need not ask */

    /* Memory of guarded blocks: one part in so many of what is live, and no less than this. Of
     * marked stacks: where blocks are to be guarded for a reason. */
    MEMORY_SHARE = 32,
    MEMORY_LEAST = 1024 * 1024,
    MARKED_SHARE = 2,
    MARKED_LEAST = 64 * 1024 * 1024,
};

bool (*guard_site_is_known)(uint32_t stack);
enum guard_side (*guard_site_side)(uint32_t stack);
void (*guard_site_block)(uintptr_t start, size_t size, uint32_t stack);

static enum guard_mode mode; /* read-only after the start, as is the rate */
static unsigned rate;
static _Atomic(_Atomic uint8_t *) chunks[CHUNKS];
static atomic_ulong asked; /* questions that chance decides */
static atomic_uint refused_rank, refused_asks;

/* The moment at which all time spent so far is paid off, in ns: the generic cell rate algorithm
 * (ITU-T I.371), with time as what is metered. */
static _Atomic uint64_t paid_off;
static uint64_t started; /* ns; read-only after the start */

void guard_choice_start(enum guard_mode wanted, unsigned wanted_rate)
{
    mode = wanted;
    started = wanted == GUARD_SAMPLE ? os_clock_ns() : 0;
    rate = wanted_rate < 1 ? 1 : wanted_rate > STACK_COUNT_MOST ? STACK_COUNT_MOST : wanted_rate;
}

static _Atomic uint8_t *existing_byte(uint32_t stack)
{
    uint32_t index = stack >> ID_SHIFT;
    _Atomic uint8_t *chunk =
        atomic_load_explicit(&chunks[index >> CHUNK_SHIFT], memory_order_acquire);
    return chunk && stack != STACK_NONE ? &chunk[index % CHUNK_BYTES] : NULL;
}

/* NULL: no memory. */
static _Atomic uint8_t *byte_of(uint32_t stack)
{
    _Atomic uint8_t *byte = existing_byte(stack);
    if (LIKELY(byte != NULL) || stack == STACK_NONE) {
        return byte;
    }
    _Atomic uint8_t *fresh = own_alloc_record(CHUNK_BYTES), *none = NULL;
    if (fresh &&
        !atomic_compare_exchange_strong(&chunks[stack >> ID_SHIFT >> CHUNK_SHIFT], &none, fresh)) {
        own_free_record((void *)fresh, CHUNK_BYTES);
    }
    return existing_byte(stack);
}

void guard_choice_always(uint32_t stack)
{
    _Atomic uint8_t *byte = existing_byte(stack);
    bool wanted = mode == GUARD_SAMPLE || mode == GUARD_SITES;
    if (byte && wanted && !(atomic_fetch_or(byte, IS_MARKED) & IS_MARKED)) {
        stack_forget_repeats(); /* or it might be long before the stack is asked about again */
    }
}

/* After so many guarded blocks, how many blocks to the next: 1, 1, 2, 4, 8 … */
static uint16_t gap_after(unsigned guarded)
{
    unsigned gap = guarded < 2 ? 1 : guarded > 16 ? rate : 1u << (guarded - 1);
    return (uint16_t)(gap < rate ? gap : rate);
}

static bool chance_decides_for(unsigned gap)
{
    return hash_mix(atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed)) % gap == 0;
}

/* A stack that asks while time is short, and its like. Counts that threads take from each other are
 * of no matter. */
static bool was_refused_just_now(unsigned rank)
{
    unsigned left = atomic_load_explicit(&refused_asks, memory_order_relaxed);
    if (left == 0 || rank < atomic_load_explicit(&refused_rank, memory_order_relaxed)) {
        return false;
    }
    atomic_store_explicit(&refused_asks, left - 1, memory_order_relaxed);
    return true;
}

/* How far the time that pays for what was spent may lie ahead, in ns. */
static uint64_t ahead_most(uint64_t now)
{
    uint64_t run = (now - started) / 2, most = (uint64_t)TIME_AHEAD_US * 1000;
    return (uint64_t)TIME_AT_ONCE_US * 1000 * TIME_SHARE + (run < most ? run : most);
}

static bool is_within_time(unsigned guarded)
{
    unsigned rank = guarded < RANK_MOST ? guarded : RANK_MOST;
    if (was_refused_just_now(rank)) {
        return false;
    }
    uint64_t paid = atomic_load_explicit(&paid_off, memory_order_relaxed), now = os_clock_ns();
    uint64_t ahead = paid > now ? paid - now : 0;
    if (ahead <= ahead_most(now) * (RANKS - rank) / RANKS) {
        return true;
    }
    atomic_store_explicit(&refused_rank, rank, memory_order_relaxed);
    atomic_store_explicit(&refused_asks, REFUSED_ASKS, memory_order_relaxed);
    return false;
}

static bool is_within_memory(size_t bytes, size_t share, size_t least)
{
    size_t limit = thread_live_bytes() / share;
    return guarded_taken_bytes() + bytes <= (limit > least ? limit : least);
}

uint64_t guard_choice_begin(void)
{
    return mode == GUARD_SAMPLE ? os_clock_ns() : 0;
}

void guard_choice_end(uint64_t begun)
{
    if (begun == 0) {
        return;
    }
    uint64_t now = os_clock_ns(), paid = atomic_load_explicit(&paid_off, memory_order_relaxed);
    uint64_t spent = now - begun, most = (uint64_t)TIME_OF_ONE_US * 1000;
    uint64_t due = (spent < most ? spent : most) * TIME_SHARE;
    while (!atomic_compare_exchange_weak_explicit(&paid_off, &paid, (paid > now ? paid : now) + due,
                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
}

static unsigned ask_about(uint32_t stack, _Atomic uint8_t *byte)
{
    unsigned state = atomic_load_explicit(byte, memory_order_relaxed);
    if (LIKELY(state & WAS_ASKED)) {
        return state;
    }
    bool known = guard_site_is_known && guard_site_is_known(stack);
    unsigned found = WAS_ASKED | (known ? IS_MARKED : 0);
    return atomic_fetch_or_explicit(byte, (uint8_t)found, memory_order_relaxed) | found;
}

static void count(_Atomic uint8_t *byte)
{
    uint8_t state = atomic_load_explicit(byte, memory_order_relaxed);
    while ((state & COUNT_MASK) < COUNT_MASK &&
           !atomic_compare_exchange_weak_explicit(byte, &state, (uint8_t)(state + 1),
                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
}

enum guard_side guard_choice_side(uint32_t stack)
{
    _Atomic uint8_t *byte = existing_byte(stack);
    unsigned state = byte ? atomic_load_explicit(byte, memory_order_relaxed) : 0;
    unsigned guarded = state & COUNT_MASK;
    if (state & IS_MARKED || guarded == 0 || guarded == COUNT_MASK) {
        return GUARD_SIDE_BOTH;
    }
    return guarded % 2 == 1 ? GUARD_SIDE_AFTER : GUARD_SIDE_BEFORE;
}

static struct guard_verdict sample(_Atomic uint8_t *byte, unsigned guarded, bool counted,
                                   size_t bytes)
{
    uint16_t gap = gap_after(guarded);
    bool turn = counted || chance_decides_for(gap);
    if (!turn) {
        return (struct guard_verdict){false, gap};
    }
    if (!is_within_time(guarded) || !is_within_memory(bytes, MEMORY_SHARE, MEMORY_LEAST)) {
        return (struct guard_verdict){false, gap < REFUSED_GAP ? REFUSED_GAP : gap};
    }
    count(byte);
    return (struct guard_verdict){true, gap_after(guarded + 1)};
}

struct guard_verdict guard_choice(uint32_t stack, bool counted, size_t bytes)
{
    if (mode == GUARD_ALL) {
        return (struct guard_verdict){true, 1};
    }
    _Atomic uint8_t *byte = mode == GUARD_OFF ? NULL : byte_of(stack);
    if (!byte) {
        return (struct guard_verdict){false, STACK_COUNT_MOST};
    }
    unsigned state = ask_about(stack, byte);
    if (state & IS_MARKED) {
        return (struct guard_verdict){is_within_memory(bytes, MARKED_SHARE, MARKED_LEAST), 1};
    }
    if (mode == GUARD_SITES) {
        return (struct guard_verdict){false, STACK_COUNT_MOST};
    }
    return sample(byte, state & COUNT_MASK, counted, bytes);
}
