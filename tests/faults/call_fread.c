/* More read from a file than the block has room for, and into one that was freed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    FILE *file = tmpfile();
    fputs("0123456789abcdef", file);
    rewind(file);
    char *p = malloc(10); /* @alloc */
    printf("%zu ", fread(p, 1, 10, file));
    printf("%zu ", fread(p, 4, 100, file));
    rewind(file);
    printf("%zu ", fread(p, 4, 100, file)); /* @first */
    free(p); /* @free */
    rewind(file);
    fread(p, 1, 4, file); /* @second */
    fclose(file);
    return 0;
}
