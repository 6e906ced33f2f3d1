/* Only a vector register of another thread holds it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "forget.h"

static uintptr_t masked;
static atomic_int ready;

static void *hold(void *unused)
{
    __asm__ volatile("movq %0, %%rax\n\tmovq $0, %0\n\tnotq %%rax\n\tmovq %%rax, %%xmm9\n\t"
                     "xorl %%eax, %%eax\n\tmovl $1, %1\n"
                     "1:\tpause\n\tjmp 1b"
                     : "+m"(masked), "=m"(ready)
                     :
                     : "rax", "xmm9", "cc", "memory");
    return unused;
}

int main(void)
{
    pthread_t thread;
    masked = ~(uintptr_t)malloc(48);
    pthread_create(&thread, NULL, hold, NULL);
    while (!ready) {
    }
    forget();
    exit(0);
}
