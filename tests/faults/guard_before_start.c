/* Accesses before the start, by one byte and by a page, where blocks stand behind a guard. */
#include <stdlib.h>

enum { PAGE = 4096 };

static volatile char sink;

int main(void)
{
    volatile char *read = malloc(100), *written = malloc(24), *far = malloc(5000);
    sink = read[-1];   /* @read */
    written[-1] = 'x'; /* @write */
    sink = far[-PAGE]; /* @page */
    free((void *)read);
    free((void *)written);
    free((void *)far);
    return 0;
}
