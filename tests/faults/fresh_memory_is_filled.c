/* With fill=on nobody sees what another block held before. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (int round = 0; round < 100000; round++) {
        unsigned char *p = malloc(64);
        int secrets = 0;
        for (int i = 0; i < 64; i++) {
            secrets += p[i] == 0x5c;
        }
        if (secrets > 60) {
            return 1;
        }
        memset(p, 0x5c, 64);
        free(p);
    }
    return 0;
}
