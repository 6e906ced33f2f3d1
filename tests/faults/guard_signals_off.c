/* signals=off leaves deaths alone, but a guard is told of all the same; also in a constructor that
 * runs before the library's own. */
#include <stdlib.h>

static volatile char sink;

static void touch(int size)
{
    volatile char *block = malloc((size_t)size);
    sink = block[size]; /* @touch */
    free((void *)block);
}

static void early(void)
{
    touch(32);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all)(void) = early;

int main(void)
{
    touch(48); /* @main */
    return 0;
}
