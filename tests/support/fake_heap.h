/* Blocks of the real heap that a test links to each other by hand. Their addresses are kept in a
 * form that a scan for pointers does not recognize, and their stacks are what the test says. */
#ifndef SUPPORT_FAKE_HEAP_H
#define SUPPORT_FAKE_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"

enum {
    FAKE_BLOCKS = 8192,
    FAKE_STACKS = 1 << 30, /* ids from here on are of no stack that was stored */
};

typedef unsigned fake_block;

fake_block fake_make(size_t size, uint32_t alloc_stack); /* zeroed */
fake_block fake_make_by(enum api via, size_t size, size_t alignment, uint32_t alloc_stack);
void fake_release(fake_block block);
void fake_clear(void); /* releases all; starts the heap the first time */

/* Stores the address of a block, plus an offset, to a place. The address stands nowhere else on
 * return. */
void fake_point(void *place, fake_block to, size_t offset);

/* Clears the registers that a call need not keep, vectors too: compilers push them for alignment
 * alone, and a thread begins with those of the one that made it. */
#define FAKE_FORGET() \
    __asm__ volatile("pxor %%xmm0, %%xmm0\n\t" \
                     "pxor %%xmm1, %%xmm1\n\t" \
                     "pxor %%xmm2, %%xmm2\n\t" \
                     "pxor %%xmm3, %%xmm3\n\t" \
                     "pxor %%xmm4, %%xmm4\n\t" \
                     "pxor %%xmm5, %%xmm5\n\t" \
                     "pxor %%xmm6, %%xmm6\n\t" \
                     "pxor %%xmm7, %%xmm7\n\t" \
                     "pxor %%xmm8, %%xmm8\n\t" \
                     "pxor %%xmm9, %%xmm9\n\t" \
                     "pxor %%xmm10, %%xmm10\n\t" \
                     "pxor %%xmm11, %%xmm11\n\t" \
                     "pxor %%xmm12, %%xmm12\n\t" \
                     "pxor %%xmm13, %%xmm13\n\t" \
                     "pxor %%xmm14, %%xmm14\n\t" \
                     "pxor %%xmm15, %%xmm15\n\t" \
                     "xorl %%eax, %%eax\n\txorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\t" \
                     "xorl %%esi, %%esi\n\txorl %%edi, %%edi\n\txorl %%r8d, %%r8d\n\t" \
                     "xorl %%r9d, %%r9d\n\txorl %%r10d, %%r10d\n\txorl %%r11d, %%r11d" \
                     : \
                     : \
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", \
                       "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory")

/* Overwrites what earlier calls left of addresses in their frames: a frame that comes to lie there
 * may leave parts of itself as they are, and a scan reads all of it. */
void fake_wipe_frames(void);

/* fake_point() to a place in a block. */
void fake_link(fake_block from, size_t at, fake_block to);

uintptr_t fake_masked_address(fake_block block); /* one's complement */

#endif
