/* Ways to end that skip exit handlers. Only in the shared library: libc's own archive has the same
 * names in the same objects as others. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "interpose/process.h"
#include "os/io.h"

EXPORTED void _exit(int status)
{
    os_exit_now(process_finish(status));
}

EXPORTED void _Exit(int status)
{
    os_exit_now(process_finish(status));
}

static int quick_status;

static void at_quick_exit_last(void)
{
    int wanted = process_finish(quick_status);
    if (wanted != quick_status) {
        os_exit_now(wanted);
    }
}

/* The first registered is the last to run: the report follows what the program registered. */
__attribute__((constructor(102))) static void watch_quick_exit(void)
{
    at_quick_exit(at_quick_exit_last);
}

EXPORTED void quick_exit(int status)
{
    void (*real)(int) = (void (*)(int))(uintptr_t)dlsym(RTLD_NEXT, "quick_exit");
    quick_status = status;
    real(status);
    os_exit_now(status); /* not reached */
}
