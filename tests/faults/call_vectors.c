/* readv and writev: each piece is judged by what of it is used. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    pipe(ends);
    char *first = malloc(4), *second = malloc(4); /* @alloc */
    struct iovec pieces[] = {{first, 4}, {second, 100}};
    write(ends[1], "12345678", 8);
    printf("%zd ", readv(ends[0], pieces, 2));
    write(ends[1], "1234567890", 10);
    printf("%zd ", readv(ends[0], pieces, 2)); /* @first */
    pieces[1].iov_len = 7;
    printf("%zd ", writev(ends[1], pieces, 2)); /* @second */
    struct iovec *freed = malloc(sizeof *freed); /* @vector */
    freed[0] = pieces[0];
    free(freed);                /* @free */
    writev(ends[1], freed, 1);  /* @third */
    free(first);
    free(second);
    return 0;
}
