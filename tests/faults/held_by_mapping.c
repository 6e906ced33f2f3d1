/* A pointer in memory from mmap holds it. */
#include <stdlib.h>
#include <sys/mman.h>

#include "forget.h"

__attribute__((noinline)) static void keep(void)
{
    void **page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[7] = malloc(48);
}

int main(void)
{
    keep();
    forget();
    return 0;
}
