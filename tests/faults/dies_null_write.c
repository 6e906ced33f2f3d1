/* A write through a null pointer: where, by whom, and all that is known of the heap besides. */
#include <stdlib.h>

struct item {
    volatile int first, second;
};

__attribute__((noinline)) static void set(struct item *volatile item)
{
    item->second = 1; /* @write */
}

int main(void)
{
    char *volatile damaged = malloc(24); /* @damaged */
    damaged[24] = 1;
    set(NULL); /* @call */
    free(damaged);
    return 0;
}
