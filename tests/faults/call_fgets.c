/* A line longer than the block it is read into; sizes that are only wishes are none. */
#include <stdio.h>
#include <stdlib.h>

char *__fgets_chk(char *to, size_t room, int size, FILE *file);

int main(void)
{
    FILE *file = tmpfile();
    fputs("one\na longer line\nthe third\n", file);
    rewind(file);
    char *p = malloc(8); /* @alloc */
    printf("%.3s ", fgets(p, 100, file) ? p : "?");
    printf("%d ", fgets(p, 100, file) == p); /* @first */
    printf("%d ", __fgets_chk(p, (size_t)-1, 100, file) == p); /* @second */
    printf("%d ", fgets(p, 100, file) == NULL);
    fclose(file);
    free(p);
    return 0;
}
