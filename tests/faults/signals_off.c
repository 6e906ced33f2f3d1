/* signals=off: no handler of ours; what was found before is told all the same. */
#include <signal.h>
#include <stdlib.h>

int main(void)
{
    char *volatile block = malloc(24);
    block[24] = 1;
    free(block);
    raise(SIGTERM);
    return 0;
}
