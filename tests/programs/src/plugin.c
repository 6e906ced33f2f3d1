/* What src/load.c loads and unloads. Allocates when it is loaded, frees when it goes. */
#include <stdlib.h>
#include <string.h>

static char *own;

__attribute__((constructor)) static void loaded(void)
{
    own = strdup("a plugin's own memory");
}

__attribute__((destructor)) static void unloaded(void)
{
    free(own);
}

void *plugin_make(size_t size);

void *plugin_make(size_t size)
{
    char *p = malloc(size); /* @plugin */
    p[0] = own[0];
    return p;
}
