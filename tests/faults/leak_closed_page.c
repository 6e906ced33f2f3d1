/* Blocks with a page that the program itself protected: the scan for leaks goes round it and sees
 * what lies beside. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef THREADS
#define THREADS 0
#endif

enum { PAGE = 4096, SIZES = 5 };

static const size_t sizes[SIZES] = {3, 4, 8, 40, 600}; /* pages */
static char **volatile kept[SIZES];

__attribute__((noinline)) static char **pages_with_hole(size_t pages)
{
    char **block = NULL;
    if (posix_memalign((void **)&block, PAGE, pages * PAGE) != 0) { /* @pages */
        abort();
    }
    memset(block, 0, pages * PAGE);
    block[0] = malloc(10); /* @first */
    block[(pages - 1) * PAGE / sizeof *block] = malloc(10); /* @last */
    if (mprotect((char *)block + pages / 2 * PAGE, PAGE, PROT_NONE) != 0) {
        abort();
    }
    return block;
}

static void *wait_for_ever(void *unused)
{
    pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pages_with_hole(5); /* @lost */
    for (size_t i = 0; i < SIZES; i++) {
        kept[i] = pages_with_hole(sizes[i]); /* @kept */
    }
    if (THREADS) {
        pthread_create(&thread, NULL, wait_for_ever, NULL);
    }
    return 0;
}
