/* One of four busy threads writes past a block of its own, once; the others do nothing wrong. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, BLOCKS = 500, ROUNDS = 60 };

static char *overrun(void)
{
    char *block = malloc(56); /* @alloc */
    block[56] = '!';
    return block;
}

static void *work(void *is_guilty)
{
    char *blocks[BLOCKS] = {0}, *kept = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            size_t size = (size_t)(1 + (i * 37 + round * 11) % 300);
            blocks[i] = realloc(blocks[i], size);
            memset(blocks[i], round, size);
            if (i % 3 == 0) {
                free(blocks[i]);
                blocks[i] = NULL;
            }
        }
        if (is_guilty && round == ROUNDS / 4) {
            kept = overrun();
        }
        usleep(10 * 1000);
    }
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    return kept;
}

int main(void)
{
    pthread_t threads[THREADS];
    void *kept = NULL, *other;
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, i == 2 ? threads : NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &other);
        kept = other ? other : kept;
    }
    usleep(300 * 1000);
    free(kept);
    return 0;
}
