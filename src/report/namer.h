/* The helper process that names addresses, `coalmine symbolize`, and one session with it.
 *
 * A question is a line "N PATH HEXOFFSET BUILDID" (the path percent-escaped, "-" for no build id),
 * an answer the lines "N FUNCTION\tFILE\tLINE\tINLINED\tLINKAGE", innermost inlined call first, the
 * mangled name only where it differs, and then "N .". All under LOCK_REPORT. */
#ifndef REPORT_NAMER_H
#define REPORT_NAMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/modules.h"

/* This bit in HEXOFFSET: not an address, but an offset in the module's thread-local storage. */
#define NAMER_THREAD_LOCAL ((uint64_t)1 << 63)

struct namer_question {
    uint32_t number;
    const struct module *module;
    uint64_t offset;
};

/* One line of an answer; unknown parts are "". */
struct namer_line {
    const char *function, *file, *linkage;
    unsigned number; /* in the file; 0: unknown */
    bool inlined;
};

struct namer_dialog {
    /* False when there is nothing more to ask. */
    bool (*next)(void *context, struct namer_question *out);
    /* The line's text lives until the call returns. */
    void (*line)(void *context, uint32_t number, const struct namer_line *line);
    void (*end)(void *context, uint32_t number);
    void *context;
};

/* Copies from the environment what the helper needs, before the program may change it. */
void namer_start(char *const *environment);

/* Asks all that `dialog` has. False if there is no helper or it did not answer to the end; after a
 * few such failures, or one that will not mend, none is started any more. */
MUST_USE bool namer_ask(const struct namer_dialog *dialog);

/* Why the last one failed: "no helper program was found". NULL: none has failed. */
const char *namer_failure(void);

#endif
