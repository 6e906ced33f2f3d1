/* calloc gives zeros, also from memory that was used before. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (int round = 0; round < 40; round++) {
        for (size_t size = 1; size < 500000; size = size * 2 + 3) {
            unsigned char *p = calloc(1, size);
            for (size_t i = 0; i < size; i++) {
                if (p[i] != 0) {
                    return 1;
                }
            }
            memset(p, 0xa5, size);
            free(p);
        }
    }
    return 0;
}
