/* SIGTERM: what locals hold is in use, what nothing holds is lost. No piece of text of its own: the
 * program did nothing wrong. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "forget.h"

int main(void)
{
    char *held = malloc(50);
    char *volatile lost = malloc(60); /* @lost */
    memset(held, 1, 50);
    lost = NULL;
    forget(); /* also what registers still hold of it */
    raise(SIGTERM);
    return held[1];
}
