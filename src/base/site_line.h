/* Allocation sites to guard, as text: one a line, the form of the `sites` file.
 *
 *     site side=after watch=end+0 block=3 stack=MODULE+0x1139,MODULE+0x11d2
 *
 *   side    where the guard stands: after, before, or both in turn
 *   watch   the byte to watch by hardware, from the block's end (end+0: the first behind it) or
 * from its start (start-1); left out: none block   which of the site's blocks that is, counted from
 * 1; left out: not known stack   the calls that allocated, innermost first: a build id in hex, or
 * where a module has none its path (bytes up to the blank, ',', '%', '+' and DEL as %XX), and the
 * address of the call in the terms of the module's symbol table
 *
 * Words may come in any order. Empty lines and those that begin with '#' are for people. No state.
 */
#ifndef BASE_SITE_LINE_H
#define BASE_SITE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"

/* Frames that make a site. Behind the allocating function stand at most six layers of a container
 * of the C++ library, as compiled at -O0; the next two are the program's. More would tell apart
 * what is the same mistake, called from different places. */
enum { SITE_FRAMES = 8 };

enum site_side { SITE_AFTER, SITE_BEFORE, SITE_BOTH };
enum site_watch { SITE_WATCH_NONE, SITE_WATCH_END, SITE_WATCH_START };

struct site_frame {
    uint64_t module; /* site_module_hash() */
    uint64_t offset;
};

struct site_line {
    enum site_side side;
    enum site_watch watch;
    int64_t watch_offset; /* from the end or the start; valid where there is a watch */
    uint64_t block;       /* 0: not known */
    struct site_frame frames[SITE_FRAMES];
    unsigned count; /* at least 1 */
};

/* Stands for a module in a comparison: of its build id, or of the path of one that has none. Two of
 * a process's modules are taken for one with a probability of 2^-64 a pair. */
MUST_USE uint64_t site_module_hash(const uint8_t *build_id, size_t length, const char *path);

/* `text` is one line without its end. False: it is none of these, `why` says so. Frames beyond
 * SITE_FRAMES are left out. */
MUST_USE bool site_line_read(const char *text, size_t length, struct site_line *out,
                             const char **why);

/* True for lines that say nothing to the library. */
MUST_USE bool site_line_is_comment(const char *text, size_t length);

/* "site side=… watch=… block=… stack=", from `line` without its frames; then each of them. */
void site_line_begin(struct strbuf *out, const struct site_line *line);
void site_line_frame(struct strbuf *out, bool is_first, const uint8_t *build_id, size_t length,
                     const char *path, uint64_t offset);

const char *site_side_word(enum site_side side);

#endif
