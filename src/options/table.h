/* What is known of each option: options.def as data. Read-only. */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum option_kind {
    OPTION_CHOICE,
    OPTION_BYTES,
    OPTION_NUMBER,
    OPTION_FLAG,
    OPTION_LIST,
    OPTION_PATH,
    OPTION_FILES,
    OPTION_NAMES,
};

struct option {
    const char *name;
    enum option_kind kind;
    size_t field;         /* offset in struct options */
    uint64_t least, most; /* of BYTES and NUMBER */
    const char *words;    /* separated by blanks; "" for none */
    const char *standard; /* the default */
};

extern const struct option option_table[];
extern const size_t option_count; /* at most 64: struct options keeps a bit for each */

/* NULL if there is none of that name. */
const struct option *option_find(const char *name, size_t length);

/* The option whose name is the fewest edits away; NULL if none is near. */
const struct option *option_nearest(const char *name, size_t length);

/* "on or off", "a number of bytes from 8 to 1K": what may stand after the '='. */
void option_allowed(struct strbuf *out, const struct option *option);

/* A size with the largest suffix that leaves no remainder: 65536 is "64K". */
void option_bytes_text(struct strbuf *out, uint64_t bytes);

#endif
