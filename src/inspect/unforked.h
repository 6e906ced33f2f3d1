/* Memory that the program keeps from its children (madvise(2): MADV_DONTFORK, MADV_WIPEONFORK):
 * a copy of the process, made for a scan, lacks it, or finds it empty. Known from the program's
 * calls. No lock; async-signal-safe but for unforked_matters(). */
#ifndef INSPECT_UNFORKED_H
#define INSPECT_UNFORKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* Before the memory is kept back. False where that was known. */
bool unforked_note(uintptr_t start, uintptr_t end);

/* The range as a whole is copied again, or never was kept back. */
void unforked_forget(uintptr_t start, uintptr_t end);

/* True unless a copy shows all that a scan needs: none of it is the heap's, and no pointer into the
 * heap stands in it. Memory of it that has gone is skipped. */
MUST_USE bool unforked_matters(void);

#endif
