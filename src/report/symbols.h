/* Names for code addresses: asked of the helper process in batches, remembered for the life of the
 * process. All under LOCK_REPORT. */
#ifndef REPORT_SYMBOLS_H
#define REPORT_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "report/namer.h"
#include "stack/modules.h"

struct symbol_line {
    const char *function, *file; /* NULL: unknown */
    const char *linkage;         /* mangled name; NULL: as `function` */
    unsigned line;               /* 0: unknown */
    bool inlined;
};

/* What stands at one address: inlined calls, innermost first, then the function itself. */
struct symbol_lines {
    uint32_t count; /* at least 1 */
    struct symbol_line lines[];
};

/* Turns the asking on or off. */
void symbols_enable(bool enable);

/* Notes that a name will be needed; `offset` in the terms of the module's symbol table, or, with
 * the bit set, in the module's thread-local storage. */
#define SYMBOLS_THREAD_LOCAL NAMER_THREAD_LOCAL
void symbols_want(const struct module *module, uint64_t offset);

/* Asks for all that are wanted. After it, symbols_find() knows what there is to know. */
void symbols_fetch(void);

/* NULL: no name. */
const struct symbol_lines *symbols_find(const struct module *module, uint64_t offset);

/* True if there are no names: they are not asked for, or the helper failed. */
bool symbols_are_missing(void);

/* If names had to be left out because there was no helper: says so, with the build ids of the
 * modules in question, and returns true. */
bool symbols_describe_failure(struct strbuf *out);

#endif
