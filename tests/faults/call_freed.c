/* Calls with freed blocks: use after free, read and written; told once. */
#include <stdlib.h>
#include <string.h>

static volatile size_t used, n4 = 4;
static char to[64];

int main(void)
{
    char *p = malloc(24); /* @alloc */
    strcpy(p, "some words");
    free(p);                       /* @free */
    memset(p + 4, 'y', n4);        /* @write */
    used = strlen(p);              /* @length */
    memcpy(to, p + 20, n4);        /* @read */
    used = strcmp(to, p);          /* @compare */
    char *large = malloc(200000);  /* @alloc_large */
    free(large);                   /* @free_large */
    memset(large + 4096, 'y', n4); /* @write_large */
    return 0;
}
