/* Allocates until there is no more, small and large, and goes on with what it has: the answer to
 * exhaustion is NULL with ENOMEM, and memory that was freed can be had again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 23 };

static void **held;

static size_t fill(size_t size)
{
    size_t count = 0;
    while (count < MOST) {
        errno = 0;
        char *p = malloc(size);
        if (p == NULL) {
            if (errno != ENOMEM) {
                puts("errno is not ENOMEM");
                exit(2);
            }
            break;
        }
        memset(p, (int)(count & 0x7f), size);
        held[count++] = p;
    }
    return count;
}

static void empty(size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        const char *p = held[i];
        if (p[0] != (char)(i & 0x7f) || p[size - 1] != (char)(i & 0x7f)) {
            puts("contents are gone");
            exit(3);
        }
        free(held[i]);
    }
}

int main(void)
{
    static const size_t sizes[] = {100000, 3000000, 64, 1000, 100000};
    held = calloc(MOST, sizeof *held);
    if (held == NULL) {
        return 1;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t count = fill(sizes[i]);
        if (count == MOST || count * sizes[i] < (size_t)8 << 20) {
            printf("%zu blocks of %zu bytes\n", count, sizes[i]);
            return 4;
        }
        empty(count, sizes[i]);
    }
    free(held);
    puts("exhausted and recovered");
    return 0;
}
