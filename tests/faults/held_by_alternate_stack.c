/* Only a frame on the alternate signal stack holds it, which is a block itself. */
#include <signal.h>
#include <stdlib.h>

#include "forget.h"

static void handle(int signal)
{
    void *volatile kept = malloc(48);
    forget();
    exit(kept == NULL || signal != SIGUSR1);
}

__attribute__((noinline)) static void prepare(void)
{
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
}

int main(void)
{
    prepare();
    forget();
    raise(SIGUSR1);
    return 1;
}
