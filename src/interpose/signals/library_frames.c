#include "interpose/signals/library_frames.h"

#include <string.h>

#include "os/call_target.h"
#include "stack/modules.h"
#include "stack/stack.h"

/* Ours is the last. */
static const char *const names[] = {"libc.so.", "ld-linux", "libcoalmine.so"};
enum { NAMES = sizeof names / sizeof *names };

static bool is_one_of(const struct module *module, size_t count)
{
    const char *slash = module ? strrchr(module->path, '/') : NULL;
    const char *file = slash ? slash + 1 : module ? module->path : "";
    for (size_t i = 0; i < count; i++) {
        if (strncmp(file, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t count_library(const struct stack_view *view)
{
    uint32_t count = 0;
    while (count < view->count &&
           is_one_of(module_find(stack_lookup_address(view->frames[count]), view->epoch), NAMES)) {
        count++;
    }
    return count;
}

/* By the call that it left the program's code with, unless that went elsewhere first. */
static const char *name_of_call(uintptr_t return_address)
{
    struct os_call_target target;
    bool is_known = os_call_target(return_address, &target) &&
                    is_one_of(module_find_now(target.address), NAMES);
    return is_known ? target.name : NULL;
}

struct library_call library_call(uint32_t stack)
{
    struct stack_view view = stack_view(stack);
    uint32_t inside = count_library(&view);
    if (inside == 0 || inside == view.count) {
        return (struct library_call){.stack = stack};
    }
    return (struct library_call){
        .stack = stack_from(stack, inside),
        .place = view.frames[inside - 1],
        .function = name_of_call(view.frames[inside]),
    };
}

bool library_has(uintptr_t address)
{
    return is_one_of(module_find_now(address), NAMES - 1);
}
