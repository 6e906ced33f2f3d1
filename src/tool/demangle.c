#include "tool/demangle.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* As the Itanium C++ ABI, 3.4, has it. */
typedef char *demangler(const char *name, char *room, size_t *length, int *status);

/* Loaded when first needed: C programs never do. */
static demangler *find_demangler(void)
{
    static bool looked;
    static demangler *found;
    static const char *const runtimes[] = {"libstdc++.so.6", "libc++abi.so.1"};
    for (size_t i = 0; !looked && !found && i < sizeof runtimes / sizeof *runtimes; i++) {
        void *runtime = dlopen(runtimes[i], RTLD_NOW | RTLD_LOCAL);
        found = runtime ? (demangler *)dlsym(runtime, "__cxa_demangle") : NULL;
    }
    looked = true;
    return found;
}

const char *demangle(const char *name)
{
    static char *room;
    static size_t length;
    if (strncmp(name, "_Z", 2) != 0 || !find_demangler()) {
        return name;
    }
    int status = 0;
    char *text = find_demangler()(name, room, &length, &status);
    if (!text) {
        return name;
    }
    room = text;
    return room;
}
