/* A registered root region holds blocks until it is unregistered. */
#include <sys/mman.h>
#include <unistd.h>

#include "expecting.h"
#include "lsan.h"

enum { BYTES = 64 << 20 };

__attribute__((noinline)) static void keep_at(void **place, size_t bytes)
{
    *place = malloc(bytes);
    forget();
}

int main(void)
{
    FILE *file = tmpfile();
    if (!file || ftruncate(fileno(file), BYTES) != 0) {
        return 1;
    }
    char *pages = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    keep_at((void **)pages, 90);
    keep_at((void **)(pages + 8192), 91);
    __lsan_register_root_region(pages, 4096);
    __lsan_register_root_region(pages + 8192, 4096);
    EXPECT_NUMBER(__lsan_do_recoverable_leak_check(), 0);
    __lsan_unregister_root_region(pages + 8192, 4096);
    expected();
    fclose(file);
    return 0;
}
