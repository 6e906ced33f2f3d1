/* Loops over malloc and free, for tests/bench/run: prints nanoseconds for one pair.
 *
 *   heap_loops pairs SIZE PAIRS         malloc, touch, free
 *   heap_loops set PAIRS                10,000 blocks of mixed sizes, one replaced at random
 *   heap_loops threads THREADS PAIRS    the same in several threads, each with its own set */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SET_BLOCKS = 10000, THREADS_MOST = 16 };

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* SplitMix64. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

__attribute__((noinline)) static void *make(size_t size)
{
    char *p = malloc(size);
    if (!p) {
        abort();
    }
    p[0] = 1;
    return p;
}

static void pairs(size_t size, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        free(make(size));
    }
}

/* Three of four blocks below 128 bytes, as in most programs; one in 64 of some KiB. */
static size_t mixed_size(uint64_t bits)
{
    if (bits % 64 == 0) {
        return 1024 + bits / 64 % 8192;
    }
    return bits % 4 == 0 ? 128 + bits / 64 % 896 : 8 + bits / 64 % 120;
}

static void replace_at_random(unsigned long count, uint64_t seed)
{
    void **set = calloc(SET_BLOCKS, sizeof *set);
    if (!set) {
        abort();
    }
    for (unsigned long i = 0; i < count; i++) {
        size_t slot = random_next(&seed) % SET_BLOCKS;
        free(set[slot]);
        set[slot] = make(mixed_size(random_next(&seed)));
    }
    for (size_t i = 0; i < SET_BLOCKS; i++) {
        free(set[i]);
    }
    free(set);
}

struct share {
    unsigned long count;
    uint64_t seed;
};

static void *work(void *argument)
{
    const struct share *share = argument;
    replace_at_random(share->count, share->seed);
    return NULL;
}

static void in_threads(unsigned threads, unsigned long count)
{
    pthread_t handles[THREADS_MOST];
    struct share shares[THREADS_MOST];
    for (unsigned i = 0; i < threads; i++) {
        shares[i] = (struct share){count, i + 1};
        if (pthread_create(&handles[i], NULL, work, &shares[i]) != 0) {
            abort();
        }
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
    }
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 2 ? strtoul(argv[argc - 1], NULL, 0) : 0;
    unsigned long first = argc > 3 ? strtoul(argv[2], NULL, 0) : 0;
    uint64_t start = now_ns();
    if (argc == 4 && strcmp(argv[1], "pairs") == 0) {
        pairs(first, count);
    } else if (argc == 3 && strcmp(argv[1], "set") == 0) {
        replace_at_random(count, 1);
    } else if (argc == 4 && strcmp(argv[1], "threads") == 0 && first <= THREADS_MOST) {
        in_threads((unsigned)first, count);
    } else {
        fputs("usage: heap_loops pairs SIZE PAIRS | set PAIRS | threads THREADS PAIRS\n", stderr);
        return 2;
    }
    printf("%.2f\n", (double)(now_ns() - start) / (double)(count ? count : 1));
    return 0;
}
