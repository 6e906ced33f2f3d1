/* read: what arrives is judged, not what was asked for, and before it overwrites anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t __read_chk(int fd, void *to, size_t count, size_t room);

int main(void)
{
    int ends[2];
    pipe(ends);
    char *p = malloc(8); /* @alloc */
    write(ends[1], "12345678", 8);
    printf("%zd ", read(ends[0], p, 4096));
    write(ends[1], "123456789012", 12);
    printf("%zd ", read(ends[0], p, 4096)); /* @first */
    write(ends[1], "1234567890", 10);
    printf("%zd %.8s ", __read_chk(ends[0], p, 4096, 4096), p); /* @second */
    free(p); /* @free */
    write(ends[1], "1234", 4);
    read(ends[0], p, 2); /* @third */
    read(ends[0], p, 0);
    return 0;
}
