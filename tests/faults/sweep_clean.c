/* All that a sweep could take for damage amid its being done: blocks that come, grow, shrink and go
 * in several threads, of sizes on either side of the border to large ones and
 * in a forked child, and a main thread that ends first. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, BLOCKS = 200, ROUNDS = 2000 };

static void *work(void *argument)
{
    unsigned seed = (unsigned)(size_t)argument;
    char *blocks[BLOCKS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        int i = rand_r(&seed) % BLOCKS;
        size_t size = (size_t)(rand_r(&seed) % (round % 50 == 0 ? 200000 : 700));
        if (round % 5 == 0) {
            free(blocks[i]);
            size_t alignment = (size_t)16 << rand_r(&seed) % 5;
            blocks[i] = aligned_alloc(alignment, (size + alignment) / alignment * alignment);
        } else {
            blocks[i] = realloc(blocks[i], size + 1);
        }
        memset(blocks[i], 'w', size);
    }
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
        pthread_detach(threads[i]);
    }
    if (fork() == 0) {
        work((void *)17);
        exit(0);
    }
    wait(NULL);
    work((void *)99);
    pthread_exit(NULL);
}
