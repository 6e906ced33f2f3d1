/* The functions that tell about the heap answer, and tell of the block in hand. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    size_t before = mallinfo2().uordblks;
    char *p = malloc(1 << 20);
    size_t with = mallinfo2().uordblks;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    int info = malloc_info(0, stream);
    fclose(stream);
    free(text);
    free(p);
    malloc_trim(0);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    return info == 0 && length > 0 && with >= before + (1 << 20) ? 0 : 1;
}
