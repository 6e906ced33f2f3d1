/* A frame rule: for one program counter, where the caller's frame is. Two words, both atomic.
 *
 * The body packs: form (bits 0-3), a guess at the place of the caller's rule (4-27; see rules.h),
 * offset of the saved RBP in words (28-40, signed), offset of the CFA in words (41-63, signed).
 * CFA, the canonical frame address, is the caller's stack pointer after the return; the return
 * address lies just below. */
#ifndef STACK_RULE_H
#define STACK_RULE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum rule_form {
    RULE_NONE,      /* not learned, or forgotten */
    RULE_SP,        /* CFA = RSP + cfa; RBP as it was */
    RULE_SP_SAVES,  /* CFA = RSP + cfa; RBP saved at CFA + fp */
    RULE_FP,        /* CFA = RBP + cfa; RBP as it was */
    RULE_FP_SAVES,  /* CFA = RBP + cfa; RBP saved at CFA + fp */
    RULE_REALIGNED, /* CFA = [RBP + cfa]; RBP saved at RBP + fp: gcc's prologue that realigns the
                       stack */
    RULE_SIGNAL,  /* RSP at RSP + cfa, RIP in the next word, RBP at RSP + fp: kernel's signal frame
                   */
    RULE_END,     /* the outermost frame */
    RULE_NO_INFO, /* no unwind information: by RBP, if that proves itself */
    RULE_IRREGULAR, /* libunwind must walk it */
};

struct rule {
    _Atomic uint64_t key;  /* program counter; bit 63: exact (see stack.h); 0: free */
    _Atomic uint64_t body; /* written before the key */
};

enum {
    RULE_FORM_BITS = 4,
    RULE_GUESS_BITS = 24,
    RULE_FP_BITS = 13,
    RULE_CFA_BITS = 23,
    RULE_FP_SHIFT = RULE_FORM_BITS + RULE_GUESS_BITS,
    RULE_CFA_SHIFT = RULE_FP_SHIFT + RULE_FP_BITS,
    RULE_FORM_MASK = (1 << RULE_FORM_BITS) - 1,
    RULE_GUESS_MASK = ((1 << RULE_GUESS_BITS) - 1) << RULE_FORM_BITS,
};

static inline uint64_t rule_pack(enum rule_form form, int64_t cfa_words, int64_t fp_words)
{
    uint64_t fp = (uint64_t)fp_words & (((uint64_t)1 << RULE_FP_BITS) - 1);
    return (uint64_t)form | fp << RULE_FP_SHIFT | (uint64_t)cfa_words << RULE_CFA_SHIFT;
}

static inline enum rule_form rule_form(uint64_t body)
{
    return (enum rule_form)(body & RULE_FORM_MASK);
}

/* In bytes. */
static ALWAYS_INLINE uintptr_t rule_cfa(uint64_t body)
{
    return (uintptr_t)((int64_t)body >> RULE_CFA_SHIFT) * 8;
}

static ALWAYS_INLINE uintptr_t rule_fp(uint64_t body)
{
    int64_t words = (int64_t)(body << RULE_CFA_BITS) >> (RULE_FP_SHIFT + RULE_CFA_BITS);
    return (uintptr_t)words * 8;
}

static inline bool rule_fits(int64_t words, int bits)
{
    return words >= -((int64_t)1 << (bits - 1)) && words < (int64_t)1 << (bits - 1);
}

#endif
