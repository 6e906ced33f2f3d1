/* The allocation sites that an earlier run found damage at: told by their innermost frames, in
 * whatever process they come up again. Each site's blocks are counted, so that a finding can say
 * which of them it is about, and those to be watched get a watchpoint (inspect/watched.h).
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
size_t sites_count(void);

/* The site that a stack is of: all its frames are the stack's innermost ones. NULL: none. */
const struct site_line *sites_find(uint32_t stack);

/* A block was allocated by a stack that sites_find() knows. */
void sites_note_block(uintptr_t start, size_t size, uint32_t stack);

/* Which block of its site the one that begins there was, or is; 0: not known. Of blocks long gone,
 * the number may be forgotten. */
uint64_t sites_block_number(uintptr_t start, uint32_t stack);

#endif
