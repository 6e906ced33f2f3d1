/* exec: the report comes before, as nothing is left after it. */
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    char *p = malloc(30); /* @lost */
    p[0] = 1;
}

int main(void)
{
    lose();
    forget();
    char *const argv[] = {"true", NULL};
    execvp("true", argv);
    return 1;
}
