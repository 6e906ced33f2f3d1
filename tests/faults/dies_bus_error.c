/* Memory beyond the end of the file that it is mapped from. */
#include <stdio.h>
#include <sys/mman.h>

int main(void)
{
    FILE *file = tmpfile();
    volatile char *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    return mapped[10]; /* @read */
}
