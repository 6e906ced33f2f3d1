/* Not even SIGKILL loses what was found before it. */
#include <signal.h>
#include <stdlib.h>

static void damage(size_t size)
{
    char *volatile block = malloc(size);
    block[size] = 1;
    free(block);
}

int main(void)
{
    damage(24); /* @one */
    damage(40); /* @two */
    raise(SIGKILL);
    return 0;
}
