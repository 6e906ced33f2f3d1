/* Nothing found: one line, as at any end. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    free(malloc(5));
    kill(getpid(), SIGTERM);
    return 0;
}
