/* Why a block is alive, told to who asks: the way from a root to it. Thread-safe, with none of our
 * locks held; keeps errno. */
#ifndef REPORT_NOW_WHY_H
#define REPORT_NOW_WHY_H

#include <stdint.h>

#include "base/strbuf.h"
#include "inspect/why.h"
#include "report/now.h"

void now_why(struct strbuf *out, enum now_form form, uintptr_t address,
             const struct leak_path *path);

/* The text, to where the report goes. */
void now_tell_why(uintptr_t address, const struct leak_path *path);

#endif
