/* The allocation sites that an earlier run found damage at: told by their innermost frames, in
 * whatever process they come up again. Each site's blocks are counted, so that a finding can say
 * which of them it is about, and those to be watched get a watchpoint (inspect/watched.h); that its
 * blocks are guarded is up to alloc/guard_choice.h.
 *
 * Sites are added at the start, before there are threads. The rest is lock-free and
 * async-signal-safe, and keeps errno. */
#ifndef INSPECT_SITES_H
#define INSPECT_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/site_line.h"

enum { SITES_MOST = 256 };

/* False: no memory, or SITES_MOST are there. */
MUST_USE bool sites_add(const struct site_line *line);

/* True if there is a site all of whose frames are the stack's innermost ones. */
MUST_USE bool sites_is_known(uint32_t stack);

/* Which block of its site the one that begins there was, or is; 0: not known. Of blocks long gone,
 * the number may be forgotten. */
uint64_t sites_block_number(uintptr_t start, uint32_t stack);

#endif
