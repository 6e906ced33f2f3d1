#include "inspect/roots.h"

#include <string.h>

#include "alloc/lookup.h"
#include "alloc/thread_names.h"
#include "base/align.h"
#include "inspect/regions.h"
#include "os/io.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/pages.h"
#include "os/probe.h"

enum {
    OUTSIDE_MOST = 8192,
    RED_ZONE_BYTES = 128, /* below the stack pointer, in use all the same: x86-64 psABI 3.2.2 */
    OWN_FRAMES_BYTES = 6 * 1024, /* what listing the mappings takes of the calling thread's stack */
    OWN_STACK_MOST = 1024 * 1024,
    SHARED_FILE_MOST = 16 * 1024 * 1024,
};

/* Read-only memory is gone through for what was written before it became so; page by page in the
 * page map even where there is none, so a database of terabytes would take a while. */
#define READ_ONLY_MOST ((uintptr_t)1 << 30)

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Devices may block, fault or take a read for a command. */
static bool is_device(const char *path)
{
    return starts_with(path, "/dev/") && !starts_with(path, "/dev/zero") &&
           !starts_with(path, "/dev/shm/");
}

static bool is_shared_memory(const char *path)
{
    static const char *const kinds[] = {"/dev/zero", "/dev/shm/", "/memfd:", "/SYSV",
                                        "[anon_shmem"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (starts_with(path, kinds[i])) {
            return true;
        }
    }
    return false;
}

static bool may_hold_roots(const struct roots *roots, const struct os_map *map)
{
    if (!map->readable || is_device(map->path) || starts_with(map->path, "[v")) {
        return false; /* [vvar], [vdso], [vsyscall] are the kernel's */
    }
    uintptr_t bytes = map->end - map->start;
    if (map->shared) {
        return map->writable &&
               (is_shared_memory(map->path) || (map->path[0] == '/' && bytes <= SHARED_FILE_MOST));
    }
    return map->writable || (roots->marker->touched.pagemap >= 0 && bytes <= READ_ONLY_MOST);
}

struct lowest {
    const struct os_map *map;
    bool guarded; /* the mapping below allows no access */
    bool other;   /* a stack pointer is in the mapping, but whose stack that is we cannot say */
    uintptr_t address; /* of the stacks that start with the mapping; 0: none */
};

/* A stack's mapping surely begins with the stack if it is the kernel's own for the main thread,
 * or one that the C library made: a guard below, and the thread's own data above all frames. */
static void consider(struct lowest *lowest, uintptr_t sp, uintptr_t thread_pointer,
                     uintptr_t in_use_below)
{
    const struct os_map *map = lowest->map;
    if (sp < map->start || sp >= map->end) {
        return;
    }
    bool of_thread = lowest->guarded && thread_pointer > sp && thread_pointer < map->end;
    if (!of_thread && strcmp(map->path, "[stack]") != 0) {
        lowest->other = true;
        return;
    }
    uintptr_t address = sp - map->start > in_use_below ? sp - in_use_below : map->start;
    if (!lowest->address || address < lowest->address) {
        lowest->address = address;
    }
}

/* Where the part of a mapping begins that is in use: above the free part of a stack. */
static uintptr_t used_from(const struct roots *roots, const struct os_map *map)
{
    struct lowest lowest = {.map = map, .guarded = roots->barrier_end == map->start};
    consider(&lowest, roots->site_sp, roots->thread_pointer, 0);
    for (size_t i = 0; i < roots->thread_count; i++) {
        const struct os_stopped *thread = &roots->threads[i];
        if (thread->answered) {
            consider(&lowest, thread->sp, thread->thread_pointer, RED_ZONE_BYTES);
        }
    }
    return lowest.address && !lowest.other ? lowest.address : map->start;
}

static void mark_private(void *context, uintptr_t start, uintptr_t end)
{
    mark_range(context, start, end, true);
}

static void mark_shared(void *context, uintptr_t start, uintptr_t end)
{
    mark_range(context, start, end, false);
}

static bool is_wanted(const struct roots *roots, const struct os_map *map)
{
    bool of_runtime = ranges_hold(&roots->runtime->data, map->start);
    return may_hold_roots(roots, map) && (of_runtime ? roots->runtime_too : !roots->runtime_only);
}

static bool mark_mapping(void *context, const struct os_map *map)
{
    struct roots *roots = context;
    if (is_wanted(roots, map)) {
        ranges_each_outside(&roots->outside, used_from(roots, map), map->end,
                            map->shared ? mark_shared : mark_private, roots->marker);
    }
    if (!map->readable && !map->writable && !map->executable) {
        roots->barrier_end = map->end;
    }
    return true;
}

static void mark_saved(void *context, uintptr_t start, uintptr_t end)
{
    mark_words(context, start, end);
}

static void mark_threads(struct roots *roots)
{
    struct marker *marker = roots->marker;
    mark_user_of(marker, roots->site_sp); /* stacks may be blocks: then these point into them */
    mark_user_of(marker, os_alternate_stack());
    for (size_t i = 0; i < roots->thread_count; i++) {
        const struct os_stopped *thread = &roots->threads[i];
        if (thread->answered) {
            const ucontext_t *registers = thread->registers;
            mark_user_of(marker, thread->sp);
            mark_user_of(marker, (uintptr_t)registers->uc_stack.ss_sp);
            os_registers_each(registers, mark_saved, marker);
        }
    }
}

void roots_leave_out(struct roots *roots, uintptr_t start, uintptr_t end)
{
    ranges_add(&roots->outside, start, end);
}

static void leave_out(void *context, uintptr_t start, uintptr_t end)
{
    roots_leave_out(context, start, end);
}

/* A small stack may begin above `low`: then memory without access is on the way down there. */
static uintptr_t readable_from(uintptr_t low, uintptr_t high)
{
    uintptr_t at = align_down(high - 1, OS_PAGE);
    while (at > low && os_word_is_readable(at - OS_PAGE)) {
        at -= OS_PAGE;
    }
    return at > low ? at : low;
}

static void leave_out_ended(void *context, int tid, uintptr_t low, uintptr_t high)
{
    struct roots *roots = context;
    bool runs = tid == roots->tid;
    for (size_t i = 0; i < roots->thread_count && !runs; i++) {
        runs = roots->threads[i].tid == tid;
    }
    if (!runs) {
        leave_out(roots, readable_from(low, high), high);
    }
}

bool roots_start(struct roots *roots)
{
    if (!ranges_start(&roots->outside, OUTSIDE_MOST)) {
        return false;
    }
    uintptr_t start, end;
    heap_range(&start, &end);
    leave_out(roots, start, end);
    own_each_range(leave_out, roots);
    census_each_range(roots->marker->census, leave_out, roots);
    marker_each_range(roots->marker, leave_out, roots);
    runtime_each_range(roots->runtime, leave_out, roots);
    ranges_each_own(&roots->marker->places->read_only, leave_out, roots);
    ranges_each_own(&roots->marker->places->executable, leave_out, roots);
    ranges_each_own(roots->marker->closed, leave_out, roots);
    ranges_each_own(&roots->outside, leave_out, roots);
    uintptr_t own = (uintptr_t)__builtin_frame_address(0) - OWN_FRAMES_BYTES;
    if (roots->site_sp - own < OWN_STACK_MOST) { /* else this is a stack of our own */
        leave_out(roots, own, roots->site_sp);
    }
    thread_name_each_ended(leave_out_ended, roots);
    return true;
}

void roots_end(struct roots *roots)
{
    ranges_end(&roots->outside);
}

void roots_mark_runtime(struct roots *roots)
{
    ranges_settle(&roots->outside);
    roots->runtime_only = roots->runtime_too = true;
    roots->listed = os_maps_each(mark_mapping, roots);
}

static void mark_region(void *context, uintptr_t start, uintptr_t end)
{
    mark_range(context, start, end, false);
}

static void mark_bare(struct roots *roots)
{
    for (size_t i = 0; i < roots->bare->count; i++) {
        const struct range *bare = &roots->bare->range[i];
        ranges_each_outside(&roots->outside, bare->start, bare->end, mark_shared, roots->marker);
    }
    for (size_t i = 0; i < roots->thread_count; i++) {
        const struct os_stopped *thread = &roots->threads[i];
        if (thread->answered) {
            uintptr_t low = thread->sp - RED_ZONE_BYTES;
            ranges_each_outside(&roots->outside, low, roots_stack_end(thread->sp), mark_shared,
                                roots->marker);
        }
    }
}

void roots_mark(struct roots *roots, bool runtime_too)
{
    ranges_settle(&roots->outside);
    roots->runtime_only = false;
    roots->runtime_too = runtime_too;
    mark_threads(roots);
    regions_each(mark_region, roots->marker);
    roots->listed = os_maps_each(mark_mapping, roots);
    if (!roots->listed) {
        mark_bare(roots);
    }
}
