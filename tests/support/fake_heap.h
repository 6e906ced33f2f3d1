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

/* Clears the registers that a call need not keep: compilers push them for alignment alone. */
#define FAKE_FORGET() \
    __asm__ volatile("xorl %%eax, %%eax\n\txorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\t" \
                     "xorl %%esi, %%esi\n\txorl %%edi, %%edi\n\txorl %%r8d, %%r8d\n\t" \
                     "xorl %%r9d, %%r9d\n\txorl %%r10d, %%r10d\n\txorl %%r11d, %%r11d" \
                     : \
                     : \
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", \
                       "memory")

/* The same, to a place in a block. */
void fake_link(fake_block from, size_t at, fake_block to);

uintptr_t fake_masked_address(fake_block block); /* one's complement */

#endif
