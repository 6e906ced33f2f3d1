/* Of a large block everything is in the descriptor of its run. */
#include "../keys/keyed.h"

static void *block;

/* Descriptors are 64 bytes for each 64 KiB of the arena, which begins at a multiple of 1 MiB; the
 * only one with that size in it is looked for. */
static void *find_descriptor(char *start, char *end, void *given)
{
    if (end - start <= 64 << 20) {
        return NULL;
    }
    for (char *at = start; at < start + (1 << 20); at += 64) {
        if (*(size_t *)(at + 24) == *(size_t *)given) {
            return at;
        }
    }
    return NULL;
}

int main(void)
{
    size_t size = 1234567;
    block = malloc(size); /* @alloc */
    volatile char *descriptor = each_keyed(find_descriptor, &size);
    if (!descriptor) {
        puts("no descriptor found");
        return 3;
    }
    descriptor[0] = 0; /* @hit */
    puts("not stopped");
    return 0;
}
