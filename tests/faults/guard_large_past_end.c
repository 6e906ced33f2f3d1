/* Past the end of large blocks: the very next byte, with none between, and a page on; read and
 * written. */
#include <stdlib.h>

static volatile char sink;

static void read_at(size_t size, size_t offset)
{
    volatile char *p = malloc(size); /* @alloc */
    sink = p[offset];                /* @read */
    free((void *)p);
}

static void write_at(size_t size, size_t offset)
{
    volatile char *p = malloc(size); /* @alloc_written */
    p[offset] = 1;                   /* @write */
    free((void *)p);
}

int main(void)
{
    read_at(40000, 40000);
    read_at(65536, 65536 + 4096);
    write_at(1000000, 1000000);
    write_at(3000000, 3000000 + 5000);
    return 0;
}
