/* A hundred thousand blocks lost in three places are three groups. */
#include <stdlib.h>

#include "forget.h"

__attribute__((noinline)) static void lose(void)
{
    for (int i = 0; i < 100000; i++) {
        switch (i % 4) {
        case 0:
            *(char *)malloc(64) = 'x'; /* @small */
            break;
        case 1:
            *(char *)malloc(300) = 'x'; /* @large */
            break;
        default:
            *(char *)malloc(100) = 'x'; /* @middle */
        }
    }
}

int main(void)
{
    lose();
    forget();
    return 0;
}
