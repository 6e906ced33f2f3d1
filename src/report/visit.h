/* Whoever tells something is alone at it: under LOCK_REPORT, with signals held back from the
 * calling thread. errno is kept. */
#ifndef REPORT_VISIT_H
#define REPORT_VISIT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "os/signals.h"

/* The caller's state meanwhile. */
struct visit {
    int saved_errno;
    struct os_signal_mask signals;
};

/* False if this very thread is telling already; then do not call visit_end(). */
MUST_USE bool visit_begin(struct visit *visit);
void visit_end(const struct visit *visit);

void visit_register_lock(void);

#endif
