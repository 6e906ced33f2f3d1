/* A program with its own SIGSEGV handler, installed early: guards are told without it; what is its
 * own business comes to it; and a guard that its handler comes upon is told, too. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile char sink;
static volatile int calls;
static sigjmp_buf place;
static char *pages;

__attribute__((noinline)) static void touch(volatile char *block, int at)
{
    sink = block[at]; /* @touch */
}

static void jump(int number)
{
    (void)number;
    calls++;
    siglongjmp(place, 1);
}

static void repair(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    volatile char *block = malloc(16);
    touch(block, 16); /* @inside */
    free((void *)block);
    if (mprotect(pages, 4096, PROT_READ | PROT_WRITE) != 0 || (char *)info->si_addr != pages + 7) {
        _exit(9);
    }
    calls++;
}

int main(void)
{
    volatile char *one = malloc(32), *other = malloc(64);
    signal(SIGSEGV, jump);
    touch(one, 32); /* @before */
    if (sigsetjmp(place, 1) == 0) {
        touch((char *)16, 0);
    }
    touch(other, 64); /* @between */
    pages = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = repair, .sa_flags = SA_SIGINFO}, NULL);
    pages[7] = 3;
    printf("%d %d\n", calls, pages[7]);
    free((void *)one);
    free((void *)other);
    return 0;
}
