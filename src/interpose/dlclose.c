/* dlclose, to notice that code went away: what was learned of it must not be used for what comes in
 * its place. Only in the shared library: behind that of a static program there is no other to be
 * found. */
#ifdef PIC
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>

#include "alloc/door.h"
#include "base/compiler.h"
#include "stack/start.h"

EXPORTED int dlclose(void *handle)
{
    static int (*real)(void *);
    if (!real) {
        real = (int (*)(void *))(uintptr_t)dlsym(RTLD_NEXT, "dlclose");
    }
    struct link_map *map = NULL;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map) {
        DOOR(door);
        stack_before_module_unload((uintptr_t)map->l_ld);
    }
    int result = real(handle);
    DOOR(door);
    stack_after_module_unload();
    return result;
}
#endif
