/* Times of the leak scan, for live blocks of 64 bytes whose pointers lead in order, anywhere, along
 * one list, or through a tree: the scan's own time, how long other threads stood still by its own
 * account, and the longest gap that another thread saw in its own work. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "alloc/allocate.h"
#include "alloc/heap.h"
#include "inspect/leaks.h"
#include "os/clock.h"
#include "os/pages.h"
#include "stack/start.h"

enum { BLOCK_BYTES = 64 };

static uintptr_t *masked; /* the blocks' addresses, so that a scan does not see them */
static void **roots;
static size_t count;
static atomic_ulong longest_gap_us;
static atomic_bool watching;

static void *make_block(void)
{
    struct call_site site = CALL_SITE();
    return block_allocate(BLOCK_BYTES, 16, true, API_MALLOC, &site);
}

static void shuffle(void)
{
    uint64_t random = 88172645463325252u; /* xorshift64: Marsaglia, 2003 */
    for (size_t i = count - 1; i > 0; i--) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        size_t other = random % (i + 1);
        uintptr_t block = masked[i];
        masked[i] = masked[other];
        masked[other] = block;
    }
}

static void **block(size_t i)
{
    return (void **)~masked[i];
}

static void hold_all(void)
{
    for (size_t i = 0; i < count; i++) {
        roots[i] = block(i);
    }
}

static void hold_first(void)
{
    memset(roots, 0, count * sizeof *roots);
    roots[0] = block(0);
}

static void link_as_list(void)
{
    for (size_t i = 0; i + 1 < count; i++) {
        block(i)[0] = block(i + 1);
    }
}

static void link_as_tree(void)
{
    for (size_t i = 1; i < count; i++) {
        block((i - 1) / 2)[1 + i % 2] = block(i);
    }
}

static void *watch(void *unused)
{
    for (uint64_t last = os_clock_us();;) {
        uint64_t now = os_clock_us(), gap = now - last;
        if (atomic_load(&watching) && gap > atomic_load(&longest_gap_us)) {
            atomic_store(&longest_gap_us, gap);
        }
        last = now;
    }
    return unused;
}

/* Of the copies that scanned: what the scan takes by itself on a busy machine. */
static double processor_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void scan(const char *shape)
{
    double before_ms = processor_ms();
    struct leak_report report;
    struct leak_query query = {0};
    atomic_store(&longest_gap_us, 0);
    atomic_store(&watching, true);
    LEAKS_FIND_HERE(&query, &report);
    atomic_store(&watching, false);
    printf("%-10s scan %7.1f ms (%7.1f of processor time), pause %6.2f ms, longest gap in another "
           "thread %6.2f ms%s\n",
           shape, (double)report.scan_us / 1e3, processor_ms() - before_ms,
           (double)report.pause_us / 1e3, (double)atomic_load(&longest_gap_us) / 1e3,
           report.failed      ? ": failed"
           : report.count > 0 ? ": found leaks where none are"
                              : "");
    leaks_free(&report);
}

static void build(size_t megabytes)
{
    count = (megabytes << 20) / BLOCK_BYTES;
    size_t bytes = (count * sizeof *roots + OS_PAGE - 1) & ~(OS_PAGE - 1);
    masked = os_pages_map(bytes);
    roots = os_pages_map(bytes);
    for (size_t i = 0; i < count; i++) {
        void *made = masked && roots ? make_block() : NULL;
        if (!made) {
            exit(EXIT_FAILURE);
        }
        masked[i] = ~(uintptr_t)made;
    }
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    const struct heap_config config = {.redzone_bytes = 8};
    pthread_t watcher;
    if (!heap_start(&config, 1) || pthread_create(&watcher, NULL, watch, NULL) != 0) {
        return EXIT_FAILURE;
    }
    build(megabytes);
    printf("%zu MiB in %zu live blocks of %d bytes\n", megabytes, count, BLOCK_BYTES);
    hold_all();
    scan("in order");
    shuffle();
    hold_all();
    scan("anywhere");
    hold_first();
    link_as_list();
    scan("list");
    for (size_t i = 0; i < count; i++) {
        block(i)[0] = NULL;
    }
    link_as_tree();
    scan("tree");
    return 0;
}
