/* A signal handler has no rights at first; it gets that to read by the first read, and that to
 * write not at all. */
#include <signal.h>
#include <string.h>

#include "../keys/keyed.h"

static char *text;
static volatile char *record;

static void handle(int number)
{
    (void)number;
    char copy[32];
    strcpy(copy, text); /* asks the records how much room there is */
    record[9] = 1;      /* @hit */
}

int main(void)
{
    char *block = malloc(12345);
    text = strdup("in a handler");
    record = record_of_size(12345);
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    puts("not stopped");
    free(block);
    return 0;
}
