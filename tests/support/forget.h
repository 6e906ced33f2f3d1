/* Wipes what a program's own earlier calls left behind in dead stack and in registers, so that a
 * pointer the program has lost is not found there by chance. */
#ifndef SUPPORT_FORGET_H
#define SUPPORT_FORGET_H

#include <stddef.h>

static __attribute__((noinline, unused)) void forget(void)
{
    volatile char dead[16384];
    for (size_t i = 0; i < sizeof dead; i++) {
        dead[i] = 0;
    }
    __asm__ volatile("xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\t"
                     "xor %%esi, %%esi\n\txor %%edi, %%edi\n\t"
                     "xor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\t"
                     "xor %%r11d, %%r11d\n\t"
                     "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\tpxor %%xmm2, %%xmm2\n\t"
                     "pxor %%xmm3, %%xmm3\n\tpxor %%xmm4, %%xmm4\n\tpxor %%xmm5, %%xmm5"
                     :
                     :
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1",
                       "xmm2", "xmm3", "xmm4", "xmm5", "cc", "memory");
}

#endif
