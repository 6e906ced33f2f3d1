/* write of more than the block has, and of what was freed. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int nowhere = open("/dev/null", O_WRONLY);
    char *p = calloc(1, 8); /* @alloc */
    write(nowhere, p, 8);
    write(nowhere, p, 12);           /* @first */
    pwrite(nowhere, p + 4, 5, 0);    /* @second */
    free(p); /* @free */
    write(nowhere, p, 1);            /* @third */
    write(nowhere, p, 0);
    return 0;
}
