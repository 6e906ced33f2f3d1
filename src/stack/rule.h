/* A frame rule: for one program counter, where the caller's frame is. Two words, both atomic.
 *
 * The body packs: form (bits 0-3), a guess at the place of the caller's rule (4-25; see rules.h)
 * and the trust in it (26-27), offset of the saved RBP in words (28-37, signed), offset of the CFA
 * in bytes (38-63, signed). CFA, the canonical frame address, is the caller's stack pointer after
 * the return; the return address lies just below. */
#ifndef STACK_RULE_H
#define STACK_RULE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum rule_form {
    RULE_NONE,      /* not learned, or forgotten */
    RULE_REALIGNED, /* CFA = [RBP + cfa]; RBP saved at RBP + fp: gcc's prologue that realigns the
                       stack */
    RULE_SIGNAL, /* RSP at RSP + cfa, RIP in the next word, RBP at RSP + fp: kernel's signal frame
                  */
    RULE_END,    /* the outermost frame */

    /* Plain ones, told apart by single bits. RBP is saved inside of the frame: above RSP, below the
     * return address; of frames found by RBP, right below it. */
    RULE_SP,       /* CFA = RSP + cfa; RBP as it was */
    RULE_SP_SAVES, /* CFA = RSP + cfa; RBP saved at CFA + fp */
    RULE_FP,       /* CFA = RBP + cfa; RBP as it was */
    RULE_FP_SAVES, /* CFA = RBP + cfa; RBP saved at CFA + fp */

    RULE_SP_SAVES_ANYWHERE, /* the same, but RBP may be saved anywhere */
    RULE_FP_SAVES_ANYWHERE,
    RULE_NO_INFO,   /* no unwind information: by RBP, if that proves itself */
    RULE_IRREGULAR, /* libunwind must walk it */
};

enum {
    RULE_SAVES_BIT = 1,
    RULE_BY_FP_BIT = 2,
    RULE_PLAIN_BIT = 4,
    RULE_FP_IN_FRAME =
        -16, /* bytes from the CFA, where a frame pointer is saved by `push %rbp` first of all */
};

struct rule {
    _Atomic uint64_t key;  /* program counter; bit 63: exact (see stack.h); 0: free */
    _Atomic uint64_t body; /* written before the key */
};

enum {
    RULE_FORM_BITS = 4,
    RULE_GUESS_BITS = 22,
    RULE_TRUST_BITS = 2,
    RULE_FP_BITS = 10,
    RULE_CFA_BITS = 26,
    RULE_TRUST_SHIFT = RULE_FORM_BITS + RULE_GUESS_BITS,
    RULE_FP_SHIFT = RULE_TRUST_SHIFT + RULE_TRUST_BITS,
    RULE_CFA_SHIFT = RULE_FP_SHIFT + RULE_FP_BITS,
    RULE_FORM_MASK = (1 << RULE_FORM_BITS) - 1,
    RULE_GUESS_MASK = ((1 << RULE_GUESS_BITS) - 1) << RULE_FORM_BITS,
    RULE_TRUST_MOST = (1 << RULE_TRUST_BITS) - 1,
    RULE_TRUST_MASK = RULE_TRUST_MOST << RULE_TRUST_SHIFT,
};

/* What was learned, without what was guessed. */
#define RULE_LEARNED_MASK (~(uint64_t)(RULE_GUESS_MASK | RULE_TRUST_MASK))

static inline uint64_t rule_pack(enum rule_form form, int64_t cfa_bytes, int64_t fp_bytes)
{
    uint64_t fp = (uint64_t)(fp_bytes / 8) & (((uint64_t)1 << RULE_FP_BITS) - 1);
    return (uint64_t)form | fp << RULE_FP_SHIFT | (uint64_t)cfa_bytes << RULE_CFA_SHIFT;
}

static inline enum rule_form rule_form(uint64_t body)
{
    return (enum rule_form)(body & RULE_FORM_MASK);
}

/* In bytes. */
static ALWAYS_INLINE uintptr_t rule_cfa(uint64_t body)
{
    return (uintptr_t)((int64_t)body >> RULE_CFA_SHIFT);
}

static ALWAYS_INLINE uintptr_t rule_fp(uint64_t body)
{
    int64_t words = (int64_t)(body << RULE_CFA_BITS) >> (RULE_FP_SHIFT + RULE_CFA_BITS);
    return (uintptr_t)words * 8;
}

/* True if these offsets, in bytes, can be packed. */
static inline bool rule_fits(int64_t cfa_bytes, int64_t fp_bytes)
{
    const int64_t cfa_most = (int64_t)1 << (RULE_CFA_BITS - 1);
    const int64_t fp_most = (int64_t)8 << (RULE_FP_BITS - 1);
    return cfa_bytes % 8 == 0 && cfa_bytes >= -cfa_most && cfa_bytes < cfa_most &&
           fp_bytes % 8 == 0 && fp_bytes >= -fp_most && fp_bytes < fp_most;
}

#endif
