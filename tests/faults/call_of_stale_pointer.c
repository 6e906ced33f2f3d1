/* Calls on no bytes of blocks that another thread is releasing, while their memory becomes slabs
 * and large blocks in turn: nobody's mistake is told, and nothing is read that is not there. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 400, LARGE_BLOCKS = 60, ROUNDS = 60 };

static int (*volatile compare)(const void *, const void *, size_t) = memcmp;
static _Atomic(char *) seen[BLOCKS];
static atomic_bool done;

static void *look(void *unused)
{
    for (unsigned i = 0; !done; i++) {
        const char *block = seen[i % BLOCKS];
        if (block) {
            compare(block + 100, block + 200, 0);
        }
    }
    return unused;
}

static void fill_and_empty(size_t size, unsigned count)
{
    static char *blocks[BLOCKS];
    for (unsigned i = 0; i < count; i++) {
        seen[i] = blocks[i] = malloc(size);
        blocks[i][0] = 'x';
    }
    for (unsigned i = 0; i < count; i++) {
        free(blocks[i]);
    }
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, look, NULL);
    }
    for (int round = 0; round < ROUNDS; round++) {
        fill_and_empty(5000, BLOCKS);
        fill_and_empty(20000, BLOCKS);
        fill_and_empty(150000, LARGE_BLOCKS);
    }
    done = 1;
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
