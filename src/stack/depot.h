/* Stacks, each stored once. A hash table leads from a stack to its id: looking up takes no lock and
 * reads a line or two, storing takes LOCK_DEPOT. Nothing is ever removed.
 *
 * Two stacks are taken for one if their 64-bit hashes are equal: among a million stacks that
 * happens with probability 1 in 30 million (n²/2 over 2^64). LLVM's sanitizers decide alike.
 *
 * Frames mean something only together with the modules loaded at the time. A stored stack is good
 * for the epoch it was captured in and for all later ones in which its modules are still where they
 * were. */
#ifndef STACK_DEPOT_H
#define STACK_DEPOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "stack/stack.h"

struct depot_key {
    const uintptr_t *frames;
    uint32_t count; /* at least 1 */
    uint32_t epoch;
    uint64_t hash; /* of the frames: depot_hash_…() */
    bool cut;      /* the stack could not be followed to its end */
};

/* The hash, frame by frame, so that a walk can make it on the way: a polynomial in an odd number.
 */
static ALWAYS_INLINE uint64_t depot_hash_step(uint64_t hash, uintptr_t frame)
{
    return hash * 0x9e3779b97f4a7c15u + frame;
}

static inline uint64_t depot_hash_end(uint64_t hash, uint32_t count)
{
    return hash_mix(hash + count) | 1; /* 0 is a free slot */
}

/* The id of these frames, stored if they were not. STACK_NONE when the depot is full or out of
 * memory, or in a signal handler that interrupted storing a stack. */
MUST_USE uint32_t depot_intern(const struct depot_key *key);

uint64_t depot_stacks(void); /* stored */
uint64_t depot_cut(void);    /* of these, not followed to their end */

void depot_register_lock(void);

#endif
