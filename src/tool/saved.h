/* Saved reports and snapshots, read back: the STACK form and what stands beside it. Members that
 * are missing are unknown (NULL, 0); members of the wrong kind make the file malformed. */
#ifndef TOOL_SAVED_H
#define TOOL_SAVED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct saved_frame {
    const char *function, *file, *module, *build_id; /* NULL: unknown */
    uint64_t offset;                                 /* in `module`; without one an address */
    unsigned line;                                   /* 0: unknown */
    bool inlined;
};

struct saved_stack {
    struct saved_frame *frames; /* innermost first */
    size_t count;
    json_t *json; /* the STACK itself; NULL: none */
};

enum saved_kind { SAVED_LIVE, SAVED_LEAK, SAVED_ERROR };

enum { SAVED_STACKS = 3 }; /* of an error: access, alloc, free; of others the first */

/* How many of an entry's blocks were allocated between one mark and the next. */
struct saved_age {
    uint64_t generation, blocks, bytes; /* generation 0: before the first mark */
};

struct saved_entry {
    enum saved_kind kind;
    const char *label;      /* "live"; a leak's kind; an error's kind */
    uint64_t blocks, bytes; /* with indirect ones; of an error how often, and 0 */
    struct saved_age *ages; /* oldest first; NULL: not known */
    size_t age_count;
    struct saved_stack stacks[SAVED_STACKS];
};

struct saved {
    const char *path, *program, *time, *started; /* "" if unknown */
    int64_t pid;
    int64_t seconds;  /* `time`, since 1970; -1: unknown */
    int64_t clock_ms; /* of a snapshot: a clock that is never set; -1: unknown */
    bool is_snapshot;
    struct saved_entry *entries;
    size_t count;
    json_t *root; /* all text lives here */
};

/* False after a complaint: one line that names the file and what is wrong with it. */
MUST_USE bool saved_read(struct saved *out, const char *path);
void saved_free(struct saved *saved);

#endif
