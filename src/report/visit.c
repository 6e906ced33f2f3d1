#include "report/visit.h"

#include <errno.h>

#include "os/lock.h"

static struct lock lock = LOCK_INIT(LOCK_REPORT);
static THREAD_LOCAL bool telling; /* this thread holds the lock */

void visit_register_lock(void)
{
    lock_register(&lock);
}

bool visit_begin(struct visit *visit)
{
    if (telling) {
        return false;
    }
    visit->saved_errno = errno;
    os_signals_hold(&visit->signals);
    lock_acquire(&lock);
    telling = true;
    return true;
}

void visit_end(const struct visit *visit)
{
    telling = false;
    lock_release(&lock);
    os_signals_restore(&visit->signals);
    errno = visit->saved_errno;
}
