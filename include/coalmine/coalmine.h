/* Coalmine: questions a program may ask of the heap debugger it runs under.
 *
 * Link with -lcoalmine, or run under `coalmine`. A program that may also run without it tests the
 * functions' addresses: they are declared weak.
 *
 *     if (coalmine_check_heap && coalmine_check_heap() > 0) { … }
 *
 * Unless said otherwise, a function may be called from any thread at any time, but not from a
 * signal handler, keeps errno, and never fails. Sizes are bytes. */
#ifndef COALMINE_COALMINE_H
#define COALMINE_COALMINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef COALMINE_API
#define COALMINE_API __attribute__((weak))
#endif

#define COALMINE_VERSION_MAJOR 0
#define COALMINE_VERSION_MINOR 1

/* "0.1.0". The string is constant. */
COALMINE_API const char *coalmine_version(void);

/* States of a block. */
#define COALMINE_LIVE 1
#define COALMINE_FREED 2

/* Most frames that coalmine_describe() gives of one stack. */
#define COALMINE_FRAMES 32

struct coalmine_block {
    void *address;    /* first byte of the block */
    size_t size;      /* as asked for */
    int state;        /* COALMINE_LIVE or COALMINE_FREED */
    const char *via;  /* allocating function, such as "operator new[]"; constant */
    ptrdiff_t offset; /* of the address asked about; beyond size: in the canary after the block */
    size_t alloc_frames, free_frames;   /* return addresses in the arrays below; 0: unknown */
    void *alloc_stack[COALMINE_FRAMES]; /* innermost first */
    void *free_stack[COALMINE_FRAMES];  /* if freed */
};

/* Describes the block that `address`, which may be interior, lies in. Returns 1 and fills `out`, or
 * 0 if it lies in none. Async-signal-safe. */
COALMINE_API int coalmine_describe(const void *address, struct coalmine_block *out);

/* Looks at the canaries of the block at `address`, or at its fill if it was freed, and reports
 * damage like any error. Returns the number of errors found. */
COALMINE_API size_t coalmine_check(const void *address);

/* The same for every block. Takes time in proportion to the heap. */
COALMINE_API size_t coalmine_check_heap(void);

struct coalmine_stats {
    uint64_t live_blocks, live_bytes; /* sizes asked for */
    uint64_t peak_bytes;              /* followed in steps of 16 KiB per thread */
    uint64_t allocations, frees;      /* since the start */
    uint64_t quarantine_bytes;        /* freed memory held back */
    uint64_t arena_bytes;             /* taken from the system for blocks */
};

COALMINE_API void coalmine_stats(struct coalmine_stats *out);

/* Calls `visit` for every live block, by rising address. The heap may change meanwhile by other
 * threads; `visit` itself must not allocate or release. */
COALMINE_API void coalmine_walk(void (*visit)(void *context, const void *address, size_t size),
                                void *context);

/* Writes what is live, by allocation stack, to a file as JSON that `coalmine diff` compares; see
 * coalmine-snapshot(5). Names of functions and lines are looked up meanwhile, which takes time.
 * Returns 1, or 0 with errno set. */
COALMINE_API int coalmine_snapshot(const char *path);

/* A program may define this to set options: "quarantine=64M:halt=on". The environment,
 * COALMINE_OPTIONS, and the command line win over it. Called once, before the first allocation is
 * served: keep it to returning a constant. */
const char *coalmine_default_options(void);

/* A program may define this to say which findings are known and not to be told, in lines as in a
 * file of suppressions (coalmine(1)): "leak:start_plugins\n". Called once, before the program's
 * constructors: keep it to returning a constant. */
const char *coalmine_default_suppressions(void);

#ifdef __cplusplus
}
#endif

#endif
