/* Memory that the kernel alone would not tell for a root: a long shared mapping of a file. */
#include <coalmine/coalmine.h>
#include <sys/mman.h>
#include <unistd.h>

#include "expecting.h"

enum { BYTES = 64 << 20 };

__attribute__((noinline)) static void keep_at(void **place)
{
    *place = malloc(90);
    forget();
}

int main(void)
{
    FILE *file = tmpfile();
    if (!file || ftruncate(fileno(file), BYTES) != 0) {
        return 1;
    }
    void **pages = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    keep_at(pages + 1000);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 1);
    EXPECT_NUMBER(coalmine_add_root(pages, 4096), 1);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 1);
    EXPECT_NUMBER(coalmine_add_root(pages, 3 * 4096), 1);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 0);
    EXPECT_NUMBER(coalmine_remove_root(pages, 4097), 0);
    EXPECT_NUMBER(coalmine_remove_root(pages, 3 * 4096), 1);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 1);
    EXPECT_NUMBER(coalmine_add_root(pages, 0), 0);
    EXPECT_NUMBER(coalmine_add_root(pages, BYTES), 1);
    munmap(pages, BYTES);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 1);
    fclose(file);
    expected();
    return 0;
}
