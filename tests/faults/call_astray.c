/* Calls that miss their block by so much that they hit no other: memory that never was one. */
#include <stdlib.h>
#include <string.h>

static volatile size_t n4 = 4;
static char text[8];

int main(void)
{
    char *p = malloc(1000);     /* @alloc */
    memset(p + 1100, 'x', n4);  /* @write */
    memcpy(text, p + 5000, n4); /* @read */
    free(p);
    memcpy(text, p + 1500, n4); /* @freed */
    return 0;
}
