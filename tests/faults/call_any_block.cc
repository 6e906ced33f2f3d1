/* Blocks of all kinds, at interior addresses: small, of several pages, large, aligned, from new. */
#include <cstdlib>
#include <cstring>
#include <malloc.h>

static volatile size_t one = 1;

int main(void)
{
    static const size_t sizes[] = {1, 16, 5000, 30000, 100000, 3000000};
    for (size_t size : sizes) {
        char *p = (char *)malloc(size);                   /* @malloc */
        memset(p + size / 2, 'x', size - size / 2 + one); /* @plain */
        free(p);
    }
    char *aligned = (char *)memalign(256, 100); /* @memalign */
    memset(aligned + 50, 'x', 50 + one);        /* @aligned */
    free(aligned);
    char *array = new char[33];        /* @new */
    memcpy(array + 32, "ab", 1 + one); /* @array */
    delete[] array;
    return 0;
}
