/* Written after it was freed; the program goes on and never uses that memory again. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *block = malloc(100); /* @alloc */
    free(block);               /* @free */
    block[10] = 'x';
    usleep(600 * 1000);
    _exit(0);
}
