#include "report/suppression_match.h"

#include <string.h>

#include "base/glob.h"
#include "base/strbuf.h"
#include "report/words.h"

enum { NAME_MOST = 4096 };

/* Names of one function in the C++ runtime, as compilers call it. */
static const char *const new_names[] = {
    "_Znwm",
    "_ZnwmRKSt9nothrow_t",
    "_ZnwmSt11align_val_t",
    "_ZnwmSt11align_val_tRKSt9nothrow_t",
    "operator new(unsigned long)",
    "operator new(unsigned long, std::nothrow_t const&)",
    "operator new(unsigned long, std::align_val_t)",
    "operator new(unsigned long, std::align_val_t, std::nothrow_t const&)",
    NULL};
static const char *const new_array_names[] = {
    "_Znam",
    "_ZnamRKSt9nothrow_t",
    "_ZnamSt11align_val_t",
    "_ZnamSt11align_val_tRKSt9nothrow_t",
    "operator new[](unsigned long)",
    "operator new[](unsigned long, std::nothrow_t const&)",
    "operator new[](unsigned long, std::align_val_t)",
    "operator new[](unsigned long, std::align_val_t, std::nothrow_t const&)",
    NULL};
static const char *const delete_names[] = {
    "_ZdlPv",
    "_ZdlPvm",
    "_ZdlPvRKSt9nothrow_t",
    "_ZdlPvSt11align_val_t",
    "_ZdlPvmSt11align_val_t",
    "operator delete(void*)",
    "operator delete(void*, unsigned long)",
    "operator delete(void*, std::nothrow_t const&)",
    "operator delete(void*, std::align_val_t)",
    "operator delete(void*, unsigned long, std::align_val_t)",
    NULL};
static const char *const delete_array_names[] = {
    "_ZdaPv",
    "_ZdaPvm",
    "_ZdaPvRKSt9nothrow_t",
    "_ZdaPvSt11align_val_t",
    "_ZdaPvmSt11align_val_t",
    "operator delete[](void*)",
    "operator delete[](void*, unsigned long)",
    "operator delete[](void*, std::nothrow_t const&)",
    "operator delete[](void*, std::align_val_t)",
    "operator delete[](void*, unsigned long, std::align_val_t)",
    NULL};
/* Valgrind shows a realloc of nothing as a malloc, and all that aligns as memalign. */
static const char *const aligned_names[] = {"memalign", NULL};
static const char *const realloc_names[] = {"realloc", "malloc", NULL};

/* What a function goes by besides its name in reports; NULL: nothing. */
static const char *const *other_names(enum api function)
{
    switch (function) {
    case API_NEW:
        return new_names;
    case API_NEW_ARRAY:
        return new_array_names;
    case API_DELETE:
        return delete_names;
    case API_DELETE_ARRAY:
        return delete_array_names;
    case API_ALIGNED_ALLOC:
    case API_POSIX_MEMALIGN:
    case API_VALLOC:
    case API_PVALLOC:
        return aligned_names;
    case API_REALLOC:
    case API_REALLOCARRAY:
        return realloc_names;
    default:
        return NULL;
    }
}

typedef bool finder(const char *pattern, const char *text);

/* Whether a pattern stands for the allocator's function that a stack of ours does not show.
 * API_COUNT: unknown, any. */
static bool names_inner(finder *finds, const char *pattern, enum api function)
{
    if (function == API_COUNT) {
        for (int api = 0; api < API_COUNT; api++) {
            if (names_inner(finds, pattern, (enum api)api)) {
                return true;
            }
        }
        return false;
    }
    const char *const *names = other_names(function);
    for (; names && *names; names++) {
        if (finds(pattern, *names)) {
            return true;
        }
    }
    return finds(pattern, api_name(function));
}

/* What libc calls strdup inside is __strdup, or __GI___strdup: users of other tools know the name
 * without. C++ names are left as they are. */
static const char *without_prefix(const char *name)
{
    static const char internal[] = "__GI_";
    if (strncmp(name, "_Z", 2) == 0) {
        return name;
    }
    if (strncmp(name, internal, sizeof internal - 1) == 0) {
        name += sizeof internal - 1;
    }
    return name + strspn(name, "_");
}

/* What Valgrind writes where there is no name to tell. */
static const char *valgrind_name(const struct frame *frame)
{
    const char *name = frame->function ? frame->function : frame->linkage;
    if (!name) {
        return "???";
    }
    bool starts = strncmp(name, "__libc_start_", 13) == 0 || strcmp(name, "_start") == 0;
    return starts ? "(below main)" : name;
}

static bool names_function(finder *finds, const char *pattern, const struct frame *frame)
{
    if (finds == glob_matches && glob_matches(pattern, valgrind_name(frame))) {
        return true;
    }
    return (frame->function &&
            (finds(pattern, frame->function) || finds(pattern, without_prefix(frame->function)))) ||
           (frame->linkage && finds(pattern, frame->linkage));
}

/* "FILE" or "FILE:LINE", by its last part or in full. */
static bool names_source(const char *pattern, const struct frame *frame)
{
    if (!frame->file) {
        return false;
    }
    const char *base = words_base_name(frame->file);
    char room[NAME_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_printf(&line, "%s:%u", frame->file, frame->line);
    return glob_matches(pattern, base) || glob_matches(pattern, frame->file) ||
           glob_matches(pattern, room) || glob_matches(pattern, words_base_name(room));
}

static bool frame_matches(const struct suppression_frame *wanted, const struct frame *frame)
{
    switch (wanted->part) {
    case PART_FUNCTION:
        return names_function(glob_matches, wanted->pattern, frame);
    case PART_OBJECT:
        return glob_matches(wanted->pattern, frame->module ? frame->module : "???");
    case PART_SOURCE:
        return names_source(wanted->pattern, frame);
    case PART_ANY_FRAMES:
        break;
    }
    return false;
}

/* Whether a suppression's innermost frame can stand for the allocator's function: the object may
 * be any that defines one. */
static bool inner_matches(const struct suppression_frame *wanted, enum api function,
                          const char *call)
{
    static const char *const objects[] = {"/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so",
                                          "/usr/lib/libcoalmine.so.0",
                                          "/usr/lib/x86_64-linux-gnu/libc.so.6"};
    if (wanted->part == PART_FUNCTION) {
        return call ? glob_matches(wanted->pattern, call)
                    : names_inner(glob_matches, wanted->pattern, function);
    }
    for (size_t i = 0; wanted->part == PART_OBJECT && i < sizeof objects / sizeof *objects; i++) {
        if (glob_matches(wanted->pattern, objects[i])) {
            return true;
        }
    }
    return false;
}

/* A stack with the function that was called, which ours do not have, in front. */
struct whole_stack {
    enum api function; /* API_COUNT: unknown */
    const char *call;  /* or one of the C library's; NULL: none */
    unsigned inner;    /* frames that stand for it */
    const struct trace *trace;
};

static bool stack_frame_matches(const struct suppression_frame *wanted,
                                const struct whole_stack *stack, unsigned at)
{
    return at < stack->inner ? inner_matches(wanted, stack->function, stack->call)
                             : frame_matches(wanted, &stack->trace->frames[at - stack->inner]);
}

/* The entry's frames against the stack's from `start` on; what the stack has beyond them does not
 * matter. Only the last "..." ever needs to take one frame more. */
static bool frames_match(const struct suppression *entry, const struct whole_stack *stack,
                         unsigned start)
{
    unsigned count = stack->inner + stack->trace->count;
    unsigned wanted = 0, after_gap = 0, at = start, retry = start;
    while (wanted < entry->frame_count) {
        if (entry->frames[wanted].part == PART_ANY_FRAMES) {
            after_gap = ++wanted;
            retry = at;
        } else if (at < count && stack_frame_matches(&entry->frames[wanted], stack, at)) {
            wanted++;
            at++;
        } else if (after_gap > 0 && retry < count) {
            wanted = after_gap;
            at = ++retry;
        } else {
            return false;
        }
    }
    return true;
}

static bool any_frame_matches(const char *pattern, const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->count; i++) {
        const struct frame *frame = &trace->frames[i];
        if (names_function(glob_finds, pattern, frame) ||
            (frame->file && glob_finds(pattern, frame->file)) ||
            (frame->module && glob_finds(pattern, frame->module))) {
            return true;
        }
    }
    return false;
}

static bool stack_matches(const struct suppression *entry, enum api function, const char *call,
                          const struct trace *trace)
{
    if (entry->any_frame) {
        return any_frame_matches(entry->any_frame, trace) ||
               (call && glob_finds(entry->any_frame, call)) ||
               (!call && function != API_COUNT &&
                names_inner(glob_finds, entry->any_frame, function));
    }
    bool calls_another = function == API_REALLOCARRAY || function == API_POSIX_MEMALIGN;
    const struct whole_stack stack = {function, call, calls_another && !call ? 2 : 1, trace};
    for (unsigned start = 0; start <= stack.inner; start++) {
        if (frames_match(entry, &stack, start)) {
            return true;
        }
    }
    return false;
}

bool suppression_matches_leak(const struct suppression *entry, const struct told_leak *leak)
{
    return (entry->leak_kinds >> leak->group.kind & 1) != 0 &&
           stack_matches(entry, leak->via, NULL, &leak->stack);
}

bool suppression_matches_error(const struct suppression *entry, const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    if ((entry->error_kinds >> finding->kind & 1) == 0) {
        return false;
    }
    if (error->access.count > 0 &&
        stack_matches(entry, finding->function, finding->call, &error->access)) {
        return true;
    }
    if (!entry->any_stack) {
        return false;
    }
    enum api via = finding->has_block ? finding->block.via : API_COUNT;
    return (error->alloc.count > 0 && stack_matches(entry, via, NULL, &error->alloc)) ||
           (error->release.count > 0 && stack_matches(entry, API_FREE, NULL, &error->release));
}
