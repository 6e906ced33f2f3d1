/* Changing the exit status does not lose what stdio still holds. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);
    free(p);
    free(p);
    printf("buffered, without a newline");
    return 0;
}
