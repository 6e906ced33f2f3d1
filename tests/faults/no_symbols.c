/* Without the helper that reads names, module and offset are still given. */
#include <stdlib.h>

int main(void)
{
    char *p = malloc(24);
    free(p);
    free(p);
    return 0;
}
