/* A failed assertion: the C library's own call of abort. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char *volatile kept = malloc(3);
    (void)argv;
    assert(argc == 7); /* @assert */
    free(kept);
    return 0;
}
