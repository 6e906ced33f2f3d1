/* Large blocks after their release, read and written: of some KiB, and of some MiB. What is read
 * is zero; the whole block is open then, for reading, and once written in full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void use(size_t size)
{
    volatile char *p = malloc(size); /* @alloc */
    memset((char *)p, 1, size);
    free((void *)p);       /* @free */
    int got = p[size / 2]; /* @read */
    p[size / 3] = 1;       /* @write_after_read */
    p[size / 4] = 1;
    printf("%d ", got + p[size - 1]);
}

int main(void)
{
    use(50000);
    use(8000000);
    volatile char *p = malloc(100000); /* @alloc_written */
    free((void *)p);                   /* @free_written */
    p[0] = 1;                          /* @write */
    return 0;
}
