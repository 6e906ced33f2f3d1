/* One suppression: what it hides, and what it has hidden. */
#ifndef REPORT_SUPPRESSION_H
#define REPORT_SUPPRESSION_H

#include <stdbool.h>
#include <stdint.h>

enum suppression_part {
    PART_ANY_FRAMES, /* "...": any number of frames, none as well */
    PART_FUNCTION,   /* mangled or as people write it */
    PART_OBJECT,     /* path of the module */
    PART_SOURCE,     /* FILE or FILE:LINE, with or without folders */
};

struct suppression_frame {
    enum suppression_part part;
    const char *pattern; /* for glob_matches() */
};

/* Blocks and bytes: leaders and what only they led to. */
struct suppression_tally {
    uint64_t groups, blocks, bytes; /* of leaks */
    uint64_t errors;
};

enum { SUPPRESSION_FRAMES_MOST = 64 };

struct suppression {
    struct suppression *next; /* in the order they were read */
    const char *name;         /* as given to it; of the one-line form that line */
    const char *file;         /* where it stands; NULL: nowhere, the program itself brought it */
    unsigned line;

    unsigned leak_kinds;   /* bit per enum leak_kind */
    uint64_t error_kinds;  /* bit per enum finding_kind */
    bool any_stack;        /* of an error, and not just that of the access or call in error */
    bool has_budget;       /* hides leaks only up to … */
    uint64_t most_bytes;   /* UINT64_MAX: any number */
    uint64_t most_blocks;  /* UINT64_MAX: any number */
    const char *any_frame; /* for glob_finds(): function, file or module of any frame of a stack.
                            * NULL: `frames` tells a stack from its innermost frame on */
    struct suppression_tally found;  /* what it stands for in this process */
    struct suppression_tally hidden; /* all of that, or, over the budget, no leaks */
    unsigned frame_count;
    struct suppression_frame frames[];
};

#endif
