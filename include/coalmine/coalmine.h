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
    uint64_t peak_bytes;              /* of several threads within 16 KiB each */
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

/* ---- Leaks ----
 *
 * A leak is a live block that the program can no longer get at; options say which kinds count and
 * which suppressions hide some (leak_kinds, suppressions in coalmine-options(7)). The check at exit
 * is not changed by checks made before it: a block that is still leaked then is told there, too.
 *
 *     uint32_t mark = coalmine_mark();
 *     …                                             // what is to be tested
 *     struct coalmine_leaks leaks;
 *     if (coalmine_leak_check(mark, &leaks) != 0) { // -1: could not look; text says why
 *         fail("%s", leaks.text);
 *     }
 *     coalmine_leaks_free(&leaks);
 */

/* Begins a generation and returns its number, at least 1 and never smaller than one returned
 * before: blocks that any thread allocates or resizes from now on belong to it or to a later one.
 * Marks nest as you like: each stays valid until the process ends, and there is nothing to release.
 * A few nanoseconds. Async-signal-safe. */
COALMINE_API uint32_t coalmine_mark(void);

/* Kinds of leaks. */
#define COALMINE_LEAK_DEFINITE 1  /* nothing points to the block */
#define COALMINE_LEAK_POSSIBLE 2  /* only pointers into its middle do */
#define COALMINE_LEAK_REACHABLE 3 /* it can be got at; never released */

/* Leaked blocks of one kind that were allocated from one stack. */
struct coalmine_leak_group {
    int kind;                                 /* COALMINE_LEAK_… */
    uint64_t blocks, bytes;                   /* of which nothing leaked points to the others … */
    uint64_t indirect_blocks, indirect_bytes; /* … and what only these lead to */
    const void *example;                      /* one of the blocks */
    const char *via;                          /* allocating function; "" if unknown; constant */
    size_t frames;                            /* return addresses in the array below */
    void *stack[COALMINE_FRAMES];             /* innermost first */
};

/* Most groups that a check lists. */
#define COALMINE_LEAK_GROUPS 256

struct coalmine_leaks {
    uint64_t blocks, bytes;                       /* that count */
    uint64_t indirect_blocks, indirect_bytes;     /* that only those lead to; they count, too */
    uint64_t suppressed_blocks, suppressed_bytes; /* hidden by suppressions; not in the others */
    size_t groups;                                /* how many there are; below are the largest */
    size_t listed;
    const struct coalmine_leak_group *group; /* `listed` of them, by bytes, largest first */
    const char *text; /* the report of them, as at exit, functions and lines named; "" if none */
    const char *incomplete; /* what could not be checked, a line each; "" if nothing */
    void *memory;           /* what the pointers point to; not of the program's heap */
    size_t memory_bytes;
};

/* Looks for leaked blocks of the generation `since` or later, 0 for all, and fills `out` (NULL: not
 * wanted), which coalmine_leaks_free() empties. Nothing is printed. Returns the number of leaked
 * blocks that count, indirect ones included, or -1 if it could not look: no memory, or the scan
 * failed; then `text` says why.
 *
 * While other threads run they are stopped for as long as a fork takes, and a copy of the process
 * looks. The time is in proportion to the heap (about a second for 1 GB in small blocks); if leaks
 * were found, that of naming their stacks is added. What the caller's frames hold is no leak. */
COALMINE_API long coalmine_leak_check(uint32_t since, struct coalmine_leaks *out);

/* The same, and tells the leaks and a summary where the report goes (standard error or the log).
 * Nothing is printed where there are none. */
COALMINE_API long coalmine_leak_report(uint32_t since);

/* Lets go of what a check filled in. A struct of zeros is fine, and what this leaves. */
COALMINE_API void coalmine_leaks_free(struct coalmine_leaks *leaks);

/* Between these, blocks that the calling thread allocates or resizes are expected to leak: neither
 * they nor what they lead to is a leak. They nest; an end without a beginning does nothing. */
COALMINE_API void coalmine_expect_leaks_begin(void);
COALMINE_API void coalmine_expect_leaks_end(void);

/* The live block that `address` points into, and what it leads to, is no leak from now on. Returns
 * 1, or 0 if there is none. */
COALMINE_API int coalmine_ignore(const void *address);

/* Adds suppressions, as they stand in a file: "leak:make_cache". They hold for all checks from now
 * on. Returns 1, or 0 after a complaint about a line that was not understood; the others count. */
COALMINE_API int coalmine_suppress(const char *text);

/* What is in this memory keeps blocks alive, such as pointers in memory that was mapped with
 * MAP_SHARED, or of a device. Parts of it that cannot be read are skipped. Returns 1, or 0 if there
 * is no memory for one more region, or `bytes` is 0. */
COALMINE_API int coalmine_add_root(const void *start, size_t bytes);

/* Takes one back; start and length as they were added. Returns 1, or 0 if there was none. */
COALMINE_API int coalmine_remove_root(const void *start, size_t bytes);

/* Why is this block alive? The shortest way to it from a root, as text: the variable, or thread and
 * function, whose pointer leads there, and the blocks between with their allocation stacks. The
 * text goes to `buffer`, cut to `size` bytes with its NUL; NULL prints it where the report goes.
 * Returns 1 if something leads to the block, 0 if nothing does, -1 if `address` is in no live block
 * or it could not be found out; there is a text in each case. The caller's registers are not looked
 * at, as they hold the address itself. Takes as long as a leak check. */
COALMINE_API int coalmine_explain(const void *address, char *buffer, size_t size);

/* A program may define this to have suppressions of its own, one a line. Called once, before the
 * program's constructors. */
const char *coalmine_default_suppressions(void);

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
