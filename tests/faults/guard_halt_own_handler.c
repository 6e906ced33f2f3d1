/* halt=on in a program with a handler of its own for faults: that is called, after the report. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static sigjmp_buf place;
static volatile char *block;
static volatile char sink;
static volatile int calls;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (number == SIGSEGV && (char *)info->si_addr == block + 32) {
        calls++;
    }
    siglongjmp(place, 1);
}

int main(void)
{
    block = malloc(32);
    sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL);
    for (volatile int i = 0; i < 3; i++) {
        if (sigsetjmp(place, 1) == 0) {
            sink = block[32]; /* @read */
        }
    }
    printf("%d\n", calls);
    free((void *)block);
    return 0;
}
