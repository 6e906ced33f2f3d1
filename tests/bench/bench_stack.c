/* What a stack costs: ours, walked and repeated, beside libunwind's, libgcc's, glibc's and a walk of frame
 * pointers, at several depths in one run. The recursion is compiled twice from one text: without frame
 * pointers for all but the last. Each figure is the best of many rounds, less the recursion itself. */
#include <alloca.h>
#include <execinfo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unwind.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

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

/* `own` runs in each frame: it makes the compiler keep a frame pointer there, or does nothing. Every
 * seventh frame has one anyway, for alloca. */
#define RECURSION(name, own)                               \
    static NOINLINE int name(int depth);                   \
    static NOINLINE int name##_leaf(void)                  \
    {                                                      \
        own;                                               \
        got = take();                                      \
        __asm__ volatile("" ::: "memory");                 \
        return got;                                        \
    }                                                      \
    static NOINLINE int name##_alloca(int depth)           \
    {                                                      \
        char *more = alloca((size_t)depth * 8 + 16);       \
        own;                                               \
        more[0] = 1;                                       \
        int result = name(depth - 1) + more[0];            \
        __asm__ volatile("" ::"r"(more) : "memory");       \
        return result;                                     \
    }                                                      \
    static NOINLINE int name(int depth)                    \
    {                                                      \
        volatile char room[40];                            \
        own;                                               \
        room[0] = (char)depth;                             \
        if (depth == 0) {                                  \
            return name##_leaf() + room[0];                \
        }                                                  \
        if (depth % 7 == 3) {                              \
            return name##_alloca(depth) + room[0];         \
        }                                                  \
        return name(depth - 1) + room[0] + 1;              \
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

int main(void)
{
    static const int depths[] = {8, 16, 32};
    enum { DEPTHS = sizeof depths / sizeof depths[0] };
    static double best[HOWS][DEPTHS], calls[2][DEPTHS];
    static int count[HOWS][DEPTHS];
    stack_high = (uintptr_t)__builtin_frame_address(0) + 64;
    if (!stack_start(FRAMES)) {
        fprintf(stderr, "bench_stack: no libunwind\n");
        return 1;
    }
    cache = stack_cache_create(1, stack_high + 4096 < stack_high ? stack_high : stack_high + 256);
    if (!cache) {
        return 1;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int d = 0; d < DEPTHS; d++) {
            for (enum how h = NOTHING; h < HOWS; h++) {
                how = h;
                cache->memos_off = h == OURS_WALKED;
                if (h == OURS_WALKED) {
                    stack_cache_set_bounds(cache, cache->low, cache->high); /* forgets */
                }
                double ns = round_ns(depths[d], h == FRAME_POINTERS ? with_pointers : without_pointers);
                count[h][d] = h == OURS_REPEATED || h == OURS_WALKED
                                  ? (int)stack_view((uint32_t)got).count
                                  : got;
                best[h][d] = round == 0 || ns < best[h][d] ? ns : best[h][d];
            }
            how = NOTHING;
            for (int p = 0; p < 2; p++) {
                double ns = round_ns(depths[d], p == 1 ? with_pointers : without_pointers);
                calls[p][d] = round == 0 || ns < calls[p][d] ? ns : calls[p][d];
            }
        }
    }
    printf("%-28s", "ns (frames) at depth");
    for (int d = 0; d < DEPTHS; d++) {
        printf("%16d", depths[d]);
    }
    printf("\n");
    for (enum how h = OURS_REPEATED; h < HOWS; h++) {
        printf("%-28s", names[h]);
        for (int d = 0; d < DEPTHS; d++) {
            printf("%11.1f (%2d)", best[h][d] - calls[h == FRAME_POINTERS][d], count[h][d]);
        }
        printf("\n");
    }
    printf("%-28s", "repeat / frame-pointer walk");
    for (int d = 0; d < DEPTHS; d++) {
        printf("%16.2f", (best[OURS_REPEATED][d] - calls[0][d]) /
                             (best[FRAME_POINTERS][d] - calls[1][d]));
    }
    printf("\n%-28s", "fresh / unw_backtrace");
    for (int d = 0; d < DEPTHS; d++) {
        printf("%16.2f",
               (best[OURS_WALKED][d] - calls[0][d]) / (best[UNW_BACKTRACE][d] - calls[0][d]));
    }
    printf("\n");
    return 0;
}
