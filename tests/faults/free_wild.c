/* Addresses that mean nothing: unmapped, beyond user space, not canonical, all ones. */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    const uintptr_t wild[] = {0xdeadbeef000, 0xffff800000000000, 0x8000000000000000, UINTPTR_MAX};
    for (int i = 0; i < 4; i++) {
        free((void *)wild[i]); /* @bad */
    }
    return 0;
}
