/* abort(), since the C library's own ends a program that ignores, blocks or survives SIGABRT past
 * our handler. Weak: its archive has other things in the same object. */
#include <signal.h>
#include <stdlib.h>

#include "base/compiler.h"
#include "interpose/signals/death.h"
#include "os/signals.h"

EXPORTED __attribute__((weak)) void abort(void)
{
    struct call_site site = CALL_SITE();
    sigset_t only;
    death_from(&site);
    sigemptyset(&only);
    sigaddset(&only, SIGABRT);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(SIGABRT); /* the program's handler, or ours */
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    os_signals_die_by(SIGABRT);
}
