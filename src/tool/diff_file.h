/* Saved reports and snapshots, read back: the STACK form and what stands beside it. Members that
 * are missing are unknown (NULL, 0); members of the wrong kind make the file malformed. */
#ifndef TOOL_DIFF_FILE_H
#define TOOL_DIFF_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct diff_frame {
    const char *function, *file, *module, *build_id; /* NULL: unknown */
    uint64_t offset;                                 /* in `module`; without one an address */
    unsigned line;                                   /* 0: unknown */
    bool inlined;
};

struct diff_stack {
    struct diff_frame *frames; /* innermost first */
    size_t count;
    json_t *json; /* the STACK itself; NULL: none */
};

enum diff_kind { DIFF_LIVE, DIFF_LEAK, DIFF_ERROR };

enum { DIFF_STACKS = 3 }; /* of an error: access, alloc, free; of others the first */

/* How many of an entry's blocks were allocated between one mark and the next. */
struct diff_age {
    uint64_t generation, blocks, bytes; /* generation 0: before the first mark */
};

struct diff_entry {
    enum diff_kind kind;
    const char *label;      /* "live"; a leak's kind; an error's kind */
    uint64_t blocks, bytes; /* with indirect ones; of an error how often, and 0 */
    struct diff_age *ages;  /* oldest first; NULL: not known */
    size_t age_count;
    struct diff_stack stacks[DIFF_STACKS];
};

struct diff_file {
    const char *path, *program, *time, *started; /* "" if unknown */
    int64_t pid;
    int64_t seconds;  /* `time`, since 1970; -1: unknown */
    int64_t clock_ms; /* of a snapshot: a clock that is never set; -1: unknown */
    bool is_snapshot;
    struct diff_entry *entries;
    size_t count;
    json_t *root; /* all text lives here */
};

/* False after a complaint: one line that names the file and what is wrong with it. */
MUST_USE bool diff_file_read(struct diff_file *out, const char *path);
void diff_file_free(struct diff_file *saved);

#endif
