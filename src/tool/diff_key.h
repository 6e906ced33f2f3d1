/* A text that is the same for entries with the same stacks. */
#ifndef TOOL_DIFF_KEY_H
#define TOOL_DIFF_KEY_H

#include <stddef.h>

#include "base/compiler.h"
#include "tool/diff_file.h"

/* Which modules were built anew between the files, and whether plain addresses mean the same. */
struct keys;

MUST_USE struct keys *keys_start(const struct diff_file *files, size_t count);
void keys_end(struct keys *keys);

/* To be freed. */
MUST_USE char *keys_make(const struct keys *keys, const struct diff_entry *entry);

#endif
