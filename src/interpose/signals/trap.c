#include "interpose/signals/trap.h"

#include <errno.h>
#include <ucontext.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "inspect/watched.h"
#include "interpose/process.h"
#include "interpose/signals/hit.h"
#include "interpose/signals/sigaction.h"
#include "os/fault.h"
#include "os/lock.h"
#include "os/watch.h"

struct write {
    siginfo_t *info;
    const void *context;
    uint32_t tag;
};

static void look(void *given)
{
    DOOR(door);
    const struct write *write = given;
    struct os_fault fault;
    os_fault_read(SIGTRAP, write->info, write->context, &fault);
    struct library_call call = hit_capture(&fault, true);
    watched_hit(write->tag, &(struct damage_culprit){call.stack, call.function, call.place});
}

/* What is written under a lock is written by us. Of a signal that comes late, nobody knows any more
 * who did it: the canary is looked at some other time. */
bool trap_take(siginfo_t *info, void *context)
{
    struct os_watch_hit hit;
    if (!os_watch_is_hit(info, &hit)) {
        return false;
    }
    int saved = errno;
    if (!hit.is_late && !lock_is_held_here() && process_is_ours()) {
        hit_call_apart(look, &(struct write){info, context, hit.tag}, context);
    }
    errno = saved;
    return true;
}

void trap_watch(void)
{
    sigaction_watch_traps(trap_take);
    watched_start();
}
