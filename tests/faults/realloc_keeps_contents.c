/* What a block held is there after it grew and after it shrank. */
#include <stdlib.h>

static int holds(const unsigned char *p, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (p[i] != (unsigned char)(i * 31)) {
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    unsigned char *p = NULL;
    size_t size = 0;
    for (size_t next = 1; next < 8000000; next = next * 5 / 3 + 1) {
        p = realloc(p, next);
        if (!holds(p, size)) {
            return 1;
        }
        for (size_t i = size; i < next; i++) {
            p[i] = (unsigned char)(i * 31);
        }
        size = next;
    }
    for (; size > 1; size = size * 2 / 3) {
        p = realloc(p, size);
        if (!holds(p, size)) {
            return 2;
        }
    }
    free(p);
    return 0;
}
