/* From a record to its block: the other way round than everything else goes. Lock-free,
 * async-signal-safe; looks through all runs. */
#ifndef ALLOC_RECORD_OWNER_H
#define ALLOC_RECORD_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"

/* The block whose record `address` lies in. False: it lies in none, or there never was a block. */
MUST_USE bool record_owner(uintptr_t address, struct block_info *out);

#endif
