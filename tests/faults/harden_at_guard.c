/* Large blocks stand at guards: the very read is stopped, whatever handler the program has. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void go_on(int number)
{
    _exit(number);
}

int main(void)
{
    signal(SIGSEGV, go_on);
    volatile char *block = malloc(100 * 1000);
    return block[100 * 1000 + 64];
}
