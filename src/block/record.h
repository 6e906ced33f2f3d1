/* What is remembered of one block, out of line: 16 bytes, reached by arithmetic from its address.
 *
 * State moves NEVER -> BUSY -> LIVE -> BUSY -> FREED -> BUSY …; the step from LIVE to BUSY is one
 * atomic exchange, so of two racing releases exactly one wins. BUSY means that somebody owns the
 * record and is changing it: the release that won, until it stores FREED, or an allocation, until
 * it stores LIVE.
 *
 * One more bit is for those who only look. With BUSY it says that a live block is held for a moment
 * and will be LIVE again: a release waits for that. With FREED it says that what is wrong with the
 * block was told. */
#ifndef BLOCK_RECORD_H
#define BLOCK_RECORD_H

#include <endian.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "os/alone.h"

enum record_state { RECORD_NEVER, RECORD_LIVE, RECORD_BUSY, RECORD_FREED };

enum {
    RECORD_STATE_BITS = 2,
    RECORD_STATE_MASK = (1 << RECORD_STATE_BITS) - 1,
    RECORD_VIA_MOST = 31, /* allocating functions: 5 bits */
    RECORD_LOOKED = 1 << 7,
    RECORD_NO_WISH = 4, /* log2 of the alignment that every block has */
};

struct record {
    uint32_t alloc_stack;   /* stack id */
    uint32_t free_stack;    /* valid when BUSY (late) or FREED; of a live block its birth */
    uint16_t size_bytes;    /* of a block in a slab */
    uint16_t alloc_thread;  /* thread numbers */
    uint16_t free_thread;   /* valid as free_stack */
    _Atomic uint8_t word;   /* state, 2 bits; via, 5 bits; RECORD_LOOKED */
    uint8_t alignment_log2; /* asked for; no less than RECORD_NO_WISH */
};
_Static_assert(offsetof(struct record, free_thread) == 12, "with what follows an aligned word");
_Static_assert(sizeof(struct record) == 16, "as little as it can be: every block has one");

static inline enum record_state record_state(const struct record *record)
{
    return (enum record_state)(atomic_load_explicit(&record->word, memory_order_acquire) &
                               RECORD_STATE_MASK);
}

/* True of a live block that begins where its slot does: a look at the record's last four bytes, of
 * which the state and the alignment matter. */
static inline bool record_is_live_at_front(const struct record *record)
{
    typedef uint32_t __attribute__((may_alias)) last_bytes;
    enum { STATE_AT = 16, ALIGNMENT_AT = 24 };
    const uint32_t mask = (uint32_t)RECORD_STATE_MASK << STATE_AT | 0xffu << ALIGNMENT_AT;
    const uint32_t live = RECORD_LIVE << STATE_AT | RECORD_NO_WISH << ALIGNMENT_AT;
    uint32_t last = __atomic_load_n((const last_bytes *)&record->free_thread, __ATOMIC_ACQUIRE);
    return (le32toh(last) & mask) == live;
}

static inline unsigned record_word_via(uint8_t word)
{
    return word >> RECORD_STATE_BITS & RECORD_VIA_MOST;
}

static inline unsigned record_via(const struct record *record)
{
    return record_word_via(atomic_load_explicit(&record->word, memory_order_relaxed));
}

static inline void record_publish(struct record *record, enum record_state state, unsigned via)
{
    atomic_store_explicit(&record->word, (uint8_t)(state | via << RECORD_STATE_BITS),
                          memory_order_release);
}

/* The slot is about to be a block again: whoever checks freed blocks meanwhile keeps off. The fence
 * keeps what is written to the block after it after it. */
static inline void record_take(struct record *record)
{
    atomic_store_explicit(&record->word, RECORD_BUSY, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

/* From that word of a live block; false where it has changed. */
static inline MUST_USE bool record_begin_release_of(struct record *record, uint8_t word)
{
    return os_alone_step(&record->word, word, (uint8_t)((word & ~RECORD_STATE_MASK) | RECORD_BUSY));
}

/* True for exactly one of any number of callers. */
static inline MUST_USE bool record_begin_release(struct record *record)
{
    uint8_t word = atomic_load_explicit(&record->word, memory_order_relaxed);
    while ((word & RECORD_STATE_MASK) == RECORD_LIVE) {
        if (record_begin_release_of(record, word)) {
            return true;
        }
        word = atomic_load_explicit(&record->word, memory_order_relaxed);
    }
    return false;
}

/* From one value of the word to another; false where it has changed. */
static inline MUST_USE bool record_step(struct record *record, unsigned from, unsigned to)
{
    uint8_t word = (uint8_t)from;
    return atomic_compare_exchange_strong_explicit(&record->word, &word, (uint8_t)to,
                                                   memory_order_acq_rel, memory_order_relaxed);
}

/* Keeps a live block from being released or resized; record_let_go() soon, under a lock that fork
 * takes, and with no signal handler in between that may release it. */
static inline MUST_USE bool record_hold(struct record *record)
{
    unsigned via = record_via(record) << RECORD_STATE_BITS;
    return record_step(record, via | RECORD_LIVE, via | RECORD_BUSY | RECORD_LOOKED);
}

static inline void record_let_go(struct record *record)
{
    record_publish(record, RECORD_LIVE, record_via(record));
}

/* True of a block that a release was refused because it was held. */
static inline bool record_is_held(const struct record *record)
{
    uint8_t word = atomic_load_explicit(&record->word, memory_order_acquire);
    return (word & RECORD_STATE_MASK) == RECORD_LIVE ||
           (word & (RECORD_STATE_MASK | RECORD_LOOKED)) == (RECORD_BUSY | RECORD_LOOKED);
}

/* True for the one who is to tell what is wrong with a freed block. */
static inline MUST_USE bool record_claim_freed(struct record *record)
{
    unsigned freed = record_via(record) << RECORD_STATE_BITS | RECORD_FREED;
    return record_step(record, freed, freed | RECORD_LOOKED);
}

static inline bool record_is_told(const struct record *record)
{
    uint8_t word = atomic_load_explicit(&record->word, memory_order_acquire);
    return (word & (RECORD_STATE_MASK | RECORD_LOOKED)) == (RECORD_FREED | RECORD_LOOKED);
}

#endif
