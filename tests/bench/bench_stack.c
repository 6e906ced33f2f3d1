/* What a stack costs: ours, walked and repeated, beside libunwind's, libgcc's, glibc's and a walk
 * of frame pointers, at several depths in one run. The recursion is compiled twice from one text:
 * without frame pointers for all but the last. Each figure is the best of many rounds, less the
 * recursion itself. */
#include <alloca.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unwind.h>

#include "base/compiler.h"
#include "stack/memo.h"
#include "stack/stack.h"
#include "stack/start.h"

enum { FRAMES = 64, ROUNDS = 60, CALLS = 2000 };

enum how {
    NOTHING,
    OURS_REPEATED,
    OURS_WALKED,
    UNW_BACKTRACE,
    LIBGCC,
    GLIBC,
    FRAME_POINTERS,
    HOWS,
};

static const char *const names[HOWS] = {
    [OURS_REPEATED] = "ours, verified repeat",
    [OURS_WALKED] = "ours, fresh walk + intern",
    [UNW_BACKTRACE] = "unw_backtrace, warm",
    [LIBGCC] = "_Unwind_Backtrace",
    [GLIBC] = "backtrace()",
    [FRAME_POINTERS] = "frame-pointer walk",
};

static enum how how;
static struct stack_cache *cache;
/* Loaded, not linked: libunwind's library has functions by the names of libgcc's and glibc's too.
 */
static int (*unw_backtrace)(void **, int);
static void *frames[FRAMES];
static int got;
static uintptr_t stack_high;

struct libgcc_trace {
    int count;
};

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context, void *argument)
{
    struct libgcc_trace *trace = argument;
    if (trace->count == FRAMES) {
        return _URC_END_OF_STACK;
    }
    frames[trace->count++] = (void *)_Unwind_GetIP(context);
    return _URC_NO_REASON;
}

static NOINLINE int capture(void)
{
    struct call_site site = CALL_SITE();
    uint32_t id = stack_capture(cache, &site);
    return (int)id;
}

static NOINLINE int walk_frame_pointers(void)
{
    const uintptr_t *frame = __builtin_frame_address(0);
    int count = 0;
    while (count < FRAMES) {
        uintptr_t caller = frame[1];
        uintptr_t next = frame[0];
        frames[count++] = (void *)caller;
        if (next <= (uintptr_t)frame || next >= stack_high || next % 8 != 0) {
            break;
        }
        frame = (const uintptr_t *)next;
    }
    return count;
}

static ALWAYS_INLINE int take(void)
{
    switch (how) {
    case NOTHING:
        break;
    case OURS_REPEATED:
    case OURS_WALKED:
        return capture();
    case UNW_BACKTRACE:
        return unw_backtrace(frames, FRAMES);
    case LIBGCC: {
        struct libgcc_trace trace = {0};
        _Unwind_Backtrace(note_frame, &trace);
        return trace.count;
    }
    case GLIBC:
        return backtrace(frames, FRAMES);
    case FRAME_POINTERS:
        return walk_frame_pointers();
    case HOWS:
        break;
    }
    return 0;
}

/* `own` runs in each frame: it makes the compiler keep a frame pointer there, or does nothing.
 * Every seventh frame has one anyway, for alloca. */
#define RECURSION(name, own) \
    static NOINLINE int name(int depth); \
    static NOINLINE int name##_leaf(void) \
    { \
        own; \
        got = take(); \
        __asm__ volatile("" ::: "memory"); \
        return got; \
    } \
    static NOINLINE int name##_alloca(int depth) \
    { \
        char *more = alloca((size_t)depth * 8 + 16); \
        own; \
        more[0] = 1; \
        int result = name(depth - 1) + more[0]; \
        __asm__ volatile("" ::"r"(more) : "memory"); \
        return result; \
    } \
    static NOINLINE int name(int depth) \
    { \
        volatile char room[40]; \
        own; \
        room[0] = (char)depth; \
        if (depth == 0) { \
            return name##_leaf() + room[0]; \
        } \
        if (depth % 7 == 3) { \
            return name##_alloca(depth) + room[0]; \
        } \
        return name(depth - 1) + room[0] + 1; \
    }

static volatile void *frame_address;
RECURSION(without_pointers, (void)0)
RECURSION(with_pointers, frame_address = __builtin_frame_address(0))

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* One call site: a compiler that peels or unrolls the loop would make two stacks of one. */
static NOINLINE double round_ns(int depth, int (*recursion)(int))
{
    double start = now_ns();
    for (int i = 0; i < CALLS; i++) {
        __asm__ volatile("" : "+r"(i), "+r"(recursion));
        recursion(depth);
    }
    return (now_ns() - start) / CALLS;
}

static const int depths[] = {8, 16, 32};
enum { DEPTHS = sizeof depths / sizeof depths[0] };

static double best[HOWS][DEPTHS]; /* ns with the recursion; of NOTHING, that alone */
static double best_bare[DEPTHS];  /* of the recursion with frame pointers, alone */
static int count[HOWS][DEPTHS];

static void keep_least(double *least, double ns)
{
    *least = *least == 0 || ns < *least ? ns : *least;
}

static void measure(enum how what, int d)
{
    bool ours = what == OURS_REPEATED || what == OURS_WALKED;
    how = what;
    cache->memos_off = what == OURS_WALKED;
    if (ours) {
        stack_cache_set_bounds(cache, cache->low, cache->high); /* forgets */
    }
    keep_least(&best[what][d],
               round_ns(depths[d], what == FRAME_POINTERS ? with_pointers : without_pointers));
    count[what][d] = ours ? (int)stack_view((uint32_t)got).count : got;
    if (what == NOTHING) {
        keep_least(&best_bare[d], round_ns(depths[d], with_pointers));
    }
}

static double cost_ns(enum how what, int d)
{
    return best[what][d] - (what == FRAME_POINTERS ? best_bare[d] : best[NOTHING][d]);
}

static void print_ratio(const char *name, enum how what, enum how by)
{
    printf("%-28s", name);
    for (int d = 0; d < DEPTHS; d++) {
        printf("%16.2f", cost_ns(what, d) / cost_ns(by, d));
    }
    printf("\n");
}

static void print_all(void)
{
    printf("%-28s", "ns (frames) at depth");
    for (int d = 0; d < DEPTHS; d++) {
        printf("%16d", depths[d]);
    }
    printf("\n");
    for (enum how what = OURS_REPEATED; what < HOWS; what++) {
        printf("%-28s", names[what]);
        for (int d = 0; d < DEPTHS; d++) {
            printf("%11.1f (%2d)", cost_ns(what, d), count[what][d]);
        }
        printf("\n");
    }
    print_ratio("repeat / frame-pointer walk", OURS_REPEATED, FRAME_POINTERS);
    print_ratio("fresh / unw_backtrace", OURS_WALKED, UNW_BACKTRACE);
}

static bool start(void)
{
    pthread_attr_t attributes;
    void *low;
    size_t bytes;
    void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library || !stack_start(FRAMES) || pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return false;
    }
    unw_backtrace = (int (*)(void **, int))(uintptr_t)dlsym(library, "unw_backtrace");
    pthread_attr_getstack(&attributes, &low, &bytes);
    pthread_attr_destroy(&attributes);
    stack_high = (uintptr_t)low + bytes;
    cache = stack_cache_create((uintptr_t)low, stack_high);
    return unw_backtrace && cache;
}

int main(void)
{
    if (!start()) {
        fprintf(stderr, "bench_stack: no libunwind, or no memory\n");
        return 1;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int d = 0; d < DEPTHS; d++) {
            for (enum how what = NOTHING; what < HOWS; what++) {
                measure(what, d);
            }
        }
    }
    print_all();
    return 0;
}
