/* Hundreds of findings, each from another place: a small function that calls free() is copied all
 * over a page, as a JIT would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* push %rbp; mov %rsp, %rbp; call *%rdx; pop %rbp; ret */
static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd2, 0x5d, 0xc3};

enum { COPIES = 900, APART_BYTES = 64 };

int main(void)
{
    unsigned char *copies = mmap(NULL, COPIES * APART_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copies == MAP_FAILED) {
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < COPIES; i++) {
        unsigned char *copy = copies + i * APART_BYTES;
        memcpy(copy, code, sizeof code);
        volatile char *block = malloc(24);
        block[24] = 1;
        ((void (*)(void *, int, void (*)(void *)))copy)((void *)block, 0, free);
    }
    pause();
    return 0;
}
