/* A recursion without end: the report needs no room on the stack that is full. */
#include <stdlib.h>

__attribute__((noinline)) static int descend(volatile char *above)
{
    volatile char frame[512];
    frame[0] = *above;
    return descend(frame) + frame[1]; /* @call */
}

int main(void)
{
    char *volatile kept = malloc(10);
    return descend(kept) + kept[1];
}
