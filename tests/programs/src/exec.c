/* Damages a block, then becomes another program: the first image's report must not be lost. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    volatile char *p = malloc(24);
    p[24] = 0;
    free((void *)p);
    execv(argc > 1 ? argv[1] : "/bin/true", argv + 1);
    return 1;
}
