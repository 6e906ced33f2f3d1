#include "inspect/runtime.h"

#include <string.h>

#include "base/hash.h"
#include "stack/stack.h"

enum { RANGES_MOST = 256 };

bool runtime_start(struct runtime *runtime)
{
    *runtime = (struct runtime){0};
    if (ranges_start(&runtime->loader, RANGES_MOST) && ranges_start(&runtime->code, RANGES_MOST) &&
        ranges_start(&runtime->data, RANGES_MOST)) {
        return true;
    }
    runtime_end(runtime);
    return false;
}

void runtime_end(struct runtime *runtime)
{
    ranges_end(&runtime->loader);
    ranges_end(&runtime->code);
    ranges_end(&runtime->data);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_loader(const char *file)
{
    return strncmp(file, "ld-linux", 8) == 0 || strncmp(file, "ld.so", 5) == 0;
}

static bool is_library(const char *file)
{
    static const char *const names[] = {"libc.so.",  "libstdc++.so.", "libgcc_s.so.",
                                        "libm.so.",  "libpthread.so", "libdl.so.",
                                        "librt.so.", "libc++.so.",    "libc++abi.so."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(file, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Data that is zero at first has no file; it follows on what has. */
void runtime_note(struct runtime *runtime, const struct os_map *map)
{
    const char *file = file_name(map->path);
    bool of_loader = is_loader(file);
    bool goes_on = map->path[0] == '\0' && map->start == runtime->data_may_go_on;
    bool ours = of_loader || is_library(file) || goes_on;
    bool is_data = ours && map->writable && !map->shared;
    runtime->data_may_go_on = is_data ? map->end : 0;
    if (is_data) {
        ranges_add(&runtime->data, map->start, map->end);
    }
    if (ours && map->executable) {
        ranges_add(&runtime->code, map->start, map->end);
        if (of_loader) {
            ranges_add(&runtime->loader, map->start, map->end);
        }
    }
}

void runtime_settle(struct runtime *runtime)
{
    ranges_settle(&runtime->loader);
    ranges_settle(&runtime->code);
    ranges_settle(&runtime->data);
}

static enum runtime_part judge(const struct runtime *runtime, uint32_t alloc_stack)
{
    struct stack_view stack = stack_view(alloc_stack);
    if (stack.count == 0) {
        return RUNTIME_NONE;
    }
    uintptr_t first = stack_lookup_address(stack.frames[0]);
    uintptr_t last = stack_lookup_address(stack.frames[stack.count - 1]);
    if (ranges_hold(&runtime->loader, first)) {
        return RUNTIME_OWN;
    }
    if (!ranges_hold(&runtime->code, first)) {
        return RUNTIME_NONE;
    }
    uint32_t i = 1;
    while (i < stack.count && ranges_hold(&runtime->code, stack_lookup_address(stack.frames[i]))) {
        i++;
    }
    return i == stack.count && ranges_hold(&runtime->loader, last) ? RUNTIME_OWN : RUNTIME_LIBRARY;
}

enum runtime_part runtime_part_of(struct runtime *runtime, uint32_t alloc_stack)
{
    size_t at = hash_mix(alloc_stack) % RUNTIME_REMEMBERED;
    if (runtime->remembered[at].stack != alloc_stack) {
        runtime->remembered[at].stack = alloc_stack;
        runtime->remembered[at].part = judge(runtime, alloc_stack);
    }
    return runtime->remembered[at].part;
}

void runtime_each_range(const struct runtime *runtime,
                        void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    ranges_each_own(&runtime->loader, visit, context);
    ranges_each_own(&runtime->code, visit, context);
    ranges_each_own(&runtime->data, visit, context);
}
