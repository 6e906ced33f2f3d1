/* The model against whatever malloc the program has: run it preloaded. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "arguments.h"
#include "model.h"

static void *by_posix_memalign(size_t alignment, size_t size)
{
    void *at = NULL;
    return posix_memalign(&at, alignment, size) == 0 ? at : NULL;
}

static void *allocate(size_t size, size_t alignment, bool zero, unsigned choice)
{
    if (zero) {
        return calloc(1, size);
    }
    if (alignment == 0) {
        switch (choice) {
        case 0:
            return realloc(NULL, size);
        case 1:
            return reallocarray(NULL, 1, size);
        default:
            return malloc(size);
        }
    }
    switch (choice % 4) {
    case 0:
        return memalign(alignment, size);
    case 1:
        return aligned_alloc(alignment, size);
    case 2:
        return alignment <= 4096 ? valloc(size) : memalign(alignment, size);
    default:
        return by_posix_memalign(alignment, size);
    }
}

static void *resize(void *at, size_t size, unsigned choice)
{
    return choice == 0 ? realloc(at, size) : reallocarray(at, 1, size);
}

static void release(void *at, size_t size, unsigned choice)
{
    (void)size;
    (void)choice;
    free(at);
}

int main(int argc, char **argv)
{
    unsigned long seed = arguments_fresh_seed(), operations = 100000, threads = 4, most = 2 << 20;
    const struct argument known[] = {
        {"--seed", &seed}, {"--ops", &operations}, {"--threads", &threads},
        {"--most", &most}, {NULL, NULL},
    };
    if (!arguments_read(argc, argv, known)) {
        return 2;
    }
    printf("--seed %lu --ops %lu --threads %lu --most %lu\n", seed, operations, threads, most);
    fflush(stdout);
    static const struct heap_calls calls = {
        .allocate = allocate,
        .resize = resize,
        .release = release,
        .usable_size = malloc_usable_size,
    };
    const struct model_plan plan = {
        .seed = seed,
        .operations = operations,
        .threads = (unsigned)threads,
        .most_bytes = most,
    };
    bool kept = model_run(&calls, &plan);
    puts(kept ? "kept" : "broken");
    return kept ? 0 : 1;
}
