/* getline with a size that its buffer does not have, and with one that was freed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    FILE *file = tmpfile();
    fputs("short\na line of twenty-five\n\n", file);
    rewind(file);
    size_t size = 100;
    char *line = malloc(10); /* @alloc */
    printf("%zd ", getline(&line, &size, file));
    printf("%zd ", getline(&line, &size, file)); /* @first */
    free(line);
    size_t *short_of_room = malloc(4); /* @small */
    char *next = NULL;
    __builtin_memset(short_of_room, 0, 4);
    getdelim(&next, short_of_room, '\n', file); /* @second */
    free(next);
    free(short_of_room);
    fclose(file);
    return 0;
}
