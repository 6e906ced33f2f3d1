/* Much was allocated and freed in between. */
#include <stdlib.h>

enum { MANY = 50000 };

static void *others[MANY];

int main(void)
{
    char *p = malloc(24); /* @alloc */
    free(p);              /* @first */
    for (int i = 0; i < MANY; i++) {
        others[i] = malloc(1000);
    }
    for (int i = 0; i < MANY; i++) {
        free(others[i]);
    }
    free(p); /* @second */
    return 0;
}
