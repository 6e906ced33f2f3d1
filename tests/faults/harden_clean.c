/* Nothing is said, nothing is left behind: fresh memory is zero, whatever stood there before, and
 * shows no canary; what is put in stays; alignments hold; threads and a child do as they like. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 300, ROUNDS = 30 * 1000, THREADS = 3 };

static void must(int holds, const char *what)
{
    if (!holds) {
        printf("%s\n", what);
        fflush(stdout);
        _exit(1);
    }
}

static int is_all(const unsigned char *block, size_t size, unsigned char byte)
{
    size_t i = 0;
    while (i < size && block[i] == byte) {
        i++;
    }
    return i == size;
}

static void *work(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    unsigned char *blocks[BLOCKS] = {0};
    size_t sizes[BLOCKS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        int i = rand_r(&seed) % BLOCKS;
        must(is_all(blocks[i], sizes[i], (unsigned char)(i + 1)), "contents changed");
        free(blocks[i]);
        sizes[i] = (size_t)rand_r(&seed) % (round % 300 == 0 ? 100000 : 300) + 1;
        size_t alignment = (size_t)16 << (round % 7 == 0 ? rand_r(&seed) % 6 : 0);
        blocks[i] = alignment > 16 ? aligned_alloc(alignment, sizes[i]) : malloc(sizes[i]);
        must((uintptr_t)blocks[i] % alignment == 0, "badly aligned");
        must(is_all(blocks[i], sizes[i], 0), "not zero");
        if (round % 5 == 0) {
            size_t more = sizes[i] + (size_t)rand_r(&seed) % 300;
            blocks[i] = realloc(blocks[i], more);
            must(is_all(blocks[i], more, 0), "not zero when grown");
            sizes[i] = more;
        }
        memset(blocks[i], i + 1, sizes[i]);
    }
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    }
    if (fork() == 0) {
        work((void *)77);
        return 0;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    int status;
    must(wait(&status) > 0 && status == 0, "child failed");
    work((void *)88);
    char *lost = malloc(10); /* no leak is looked for */
    return lost == NULL;
}
