/* A heap of many small blocks, for tests/bench/guards: BLOCKS blocks are alive, and PAIRS times one
 * at random is freed and another made in its place. Sizes are mixed, three of four below 128 bytes;
 * each block is written to at both ends.
 *
 *     guard_loop BLOCKS PAIRS
 *
 * Prints nanoseconds for one of the BLOCKS first allocations, nanoseconds for a pair, and memory
 * at its peak in KiB: what is resident, what the kernel has in page tables, and mappings. What
 * cannot be allocated ends it: the number of blocks that there were, and the error. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
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

static size_t mixed_size(uint64_t bits)
{
    if (bits % 64 == 0) {
        return 1024 + bits / 64 % 3072;
    }
    return bits % 4 == 0 ? 128 + bits / 64 % 896 : 8 + bits / 64 % 120;
}

/* The numbers of /proc/self/status and the lines of /proc/self/maps, without stdio, which would
 * allocate. */
static long status_kib(const char *name)
{
    static char text[8192];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? 0 : read(file, text, sizeof text - 1);
    close(file);
    text[got > 0 ? got : 0] = '\0';
    const char *line = strstr(text, name);
    return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

static long mappings(void)
{
    static char text[65536];
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    long lines = 0;
    for (ssize_t got; (got = read(file, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i < got; i++) {
            lines += text[i] == '\n';
        }
    }
    close(file);
    return lines;
}

static void make(char **slot, uint64_t *seed, size_t alive)
{
    size_t size = mixed_size(random_next(seed));
    char *block = malloc(size);
    if (!block) {
        printf("stopped %zu %d\n", alive, errno);
        fflush(stdout);
        _exit(0);
    }
    block[0] = block[size - 1] = 1;
    *slot = block;
}

int main(int argc, char **argv)
{
    size_t blocks = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long pairs = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (blocks == 0 || pairs == 0) {
        fputs("usage: guard_loop BLOCKS PAIRS\n", stderr);
        return 2;
    }
    /* The table is not the allocator's: some put a guard behind it and some do not. */
    char **set = mmap(NULL, blocks * sizeof *set, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    static char buffer[256];
    setvbuf(stdout, buffer, _IOLBF, sizeof buffer);
    if (set == MAP_FAILED) {
        return 2;
    }
    uint64_t seed = 1, start = now_ns();
    for (size_t i = 0; i < blocks; i++) {
        make(&set[i], &seed, i);
    }
    uint64_t filled = now_ns();
    for (unsigned long i = 0; i < pairs; i++) {
        char **slot = &set[random_next(&seed) % blocks];
        free(*slot);
        make(slot, &seed, blocks - 1);
    }
    uint64_t done = now_ns();
    printf("done %.0f %.0f %ld %ld %ld\n", (double)(filled - start) / (double)blocks,
           (double)(done - filled) / (double)pairs, status_kib("VmHWM:"), status_kib("VmPTE:"),
           mappings());
    _exit(0);
}
