/* Only a mapping that other processes share holds it; the program has named it as a root, where
 * the tool has a call for that. */
#include <stdlib.h>
#include <sys/mman.h>

#include "forget.h"

__attribute__((weak)) void __lsan_register_root_region(const void *start, size_t bytes);

__attribute__((noinline)) static void keep(void **region)
{
    region[3] = malloc(48);
}

int main(void)
{
    void **region = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        return 1;
    }
    if (!__lsan_register_root_region) {
        return 77; /* this tool has no such call */
    }
    __lsan_register_root_region(region, 4096);
    keep(region);
    forget();
    return 0;
}
