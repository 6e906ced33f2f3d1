/* A call in a signal handler, on a stack of its own. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile size_t n25 = 25;
static char *p, room[65536];

static void handle(int number)
{
    memset(p, 'x', n25); /* @call */
}

int main(void)
{
    p = malloc(24); /* @alloc */
    stack_t alternate = {.ss_sp = room, .ss_size = sizeof room};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    free(p);
    return 0;
}
