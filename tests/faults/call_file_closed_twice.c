/* Streams that were closed, closed and used again, which the C library may end the program for. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    FILE *file = fopen("/dev/null", "r"); /* @alloc */
    fclose(file);                         /* @free */
    fseek(file, 0, SEEK_SET);             /* @seek */
    return 0;
}
