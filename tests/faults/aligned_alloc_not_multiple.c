/* A size that is no multiple of the alignment is allowed by today's standard. */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    char *p = aligned_alloc(64, 100);
    int aligned = (uintptr_t)p % 64 == 0;
    free(p);
    return aligned ? 0 : 1;
}
