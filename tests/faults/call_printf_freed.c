/* A string that was freed, as an argument of the printf family, and a format that was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *p = strdup("of old"); /* @alloc */
    free(p);                   /* @free */
    FILE *nowhere = fopen("/dev/null", "w");
    fprintf(nowhere, "%d %s", 1, p); /* @first */
    dprintf(fileno(nowhere), p);     /* @second */
    char *made = NULL;
    if (asprintf(&made, "%s!", p) > 0) { /* @third */
        free(made);
    }
    fclose(nowhere);
    return 0;
}
