/* What became of each entry over several reports or snapshots: those with the same stacks are one
 * series. Stacks are the same if their frames are at the same offsets of the same modules; of a
 * module that was built anew between the files, if they are in the same functions. */
#ifndef TOOL_DIFF_SERIES_H
#define TOOL_DIFF_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tool/diff_file.h"

enum change { CHANGE_APPEARED, CHANGE_GREW, CHANGE_SHRANK, CHANGE_WENT, CHANGE_NONE };

struct series {
    const struct diff_entry *latest; /* of the last file that has it */
    uint64_t *blocks, *bytes;        /* one per file; 0 where it is missing */
    enum change change;              /* from the first file to the last */
    bool is_steady;                  /* grows all along; see series_make() */
    double per_interval,
        per_second; /* bytes, least squares; per_second 0 where times are unknown */
};

struct series_list {
    struct series *series; /* steady ones first, by growth; then what is more now, then what is
                              less: most bytes first */
    size_t count;
    size_t files;
    uint64_t *numbers; /* what the series' arrays are parts of */
};

/* Steady is what, over at least two intervals, grows in two or more and in at least half of them,
 * and falls back by no more than an eighth of what it gained in all. The files must stay. */
void series_make(struct series_list *out, const struct diff_file *files, size_t count);
void series_free(struct series_list *list);

/* The change from the first file to the last. */
int64_t series_bytes_gained(const struct series *series, size_t files);
int64_t series_blocks_gained(const struct series *series, size_t files);

#endif
