/* Why a block is alive, for people and for programs: the way to it from a root. Names of variables,
 * functions and lines come from the helper. Thread-safe, with none of our locks held; keep errno.
 */
#ifndef REPORT_WAY_H
#define REPORT_WAY_H

#include <stdint.h>

#include "base/strbuf.h"
#include "inspect/why.h"

/* `path`: what leaks_why() said of `address`. */
void way_text(struct strbuf *out, uintptr_t address, const struct leak_path *path);

/* One JSON object on a line: "state" is "reachable", "leaked", "no block" or "unknown"; "root" and
 * "path" where there is one. */
void way_json(struct strbuf *out, uintptr_t address, const struct leak_path *path);

/* The text, to where the report goes. */
void way_tell(uintptr_t address, const struct leak_path *path);

#endif
