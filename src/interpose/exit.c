/* Ways to end that skip exit handlers. */
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

static int quick_status = -1; /* not known in a static program, where quick_exit() is libc's */

static void at_quick_exit_last(void)
{
    int wanted = process_finish(quick_status < 0 ? 0 : quick_status);
    if (quick_status >= 0 && wanted != quick_status) {
        os_exit_now(wanted);
    }
}

/* The first registered is the last to run: the report follows what the program registered. */
__attribute__((constructor(102))) static void watch_quick_exit(void)
{
    at_quick_exit(at_quick_exit_last);
}

#ifdef PIC /* behind that of a static program there is no other to be found */
EXPORTED void quick_exit(int status)
{
    void (*real)(int) = (void (*)(int))(uintptr_t)dlsym(RTLD_NEXT, "quick_exit");
    quick_status = status & 0xff;
    real(status);
    os_exit_now(status); /* not reached */
}
#endif
