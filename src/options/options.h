/* The options of one run. No allocation, no stdio, no locale: the parser runs inside the first
 * malloc.
 *
 * Order of use: options_defaults(), then options_parse() from the weakest source to the strongest
 * (the program's own string, the environment), then options_finish(). Read-only afterwards.
 * The functions that take `complain` call it with one line, without newline, for each mistake; the
 * option in question keeps the value it had. Not thread-safe. */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum {
    OPTIONS_PATH_MOST = 1024
}; /* bytes of a file name pattern or of a list of
    * file names, the NUL's included */

#define OPTIONS_QUARANTINE_AUTO SIZE_MAX /* quarantine_bytes: follow the live heap … */
enum {
    OPTIONS_QUARANTINE_FLOOR = 256 * 1024,     /* … from here … */
    OPTIONS_QUARANTINE_CAP = 32 * 1024 * 1024, /* … to here */
};

/* Values in the order of the words in options.def. */
enum options_mode { MODE_DEBUG, MODE_LEAKS, MODE_GUARD, MODE_HARDEN };
enum options_guard {
    OPTIONS_GUARD_OFF,
    OPTIONS_GUARD_SAMPLE,
    OPTIONS_GUARD_SITES,
    OPTIONS_GUARD_ALL
};
enum options_guard_side {
    OPTIONS_SIDE_AUTO,
    OPTIONS_SIDE_AFTER,
    OPTIONS_SIDE_BEFORE,
    OPTIONS_SIDE_BOTH
};
enum options_guard_align { OPTIONS_ALIGN_AUTO, OPTIONS_ALIGN_1 }; /* and so on, by powers of two */
enum options_guard_pages { OPTIONS_PAGES_MADVISE, OPTIONS_PAGES_MPROTECT, OPTIONS_PAGES_NONE };
enum options_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

#define OPTION_FIELD_CHOICE(name) enum options_##name name;
#define OPTION_FIELD_BYTES(name) size_t name##_bytes;
#define OPTION_FIELD_NUMBER(name) unsigned name;
#define OPTION_FIELD_FLAG(name) bool name;
#define OPTION_FIELD_LIST(name) unsigned name; /* a bit per word, the first is bit 0 */
#define OPTION_FIELD_FILES(name) char name[OPTIONS_PATH_MOST]; /* as given; "" for none */
#define OPTION_FIELD_NAMES(name) char name[OPTIONS_PATH_MOST]; /* as FILES */
#define OPTION_FIELD_PATH(name) char name[OPTIONS_PATH_MOST];  /* "" for none */

struct options {
#define OPTION(kind, name, ...) OPTION_FIELD_##kind(name)
#include "options/options.def"
    bool stacks_of_frees; /* releases remember their stack; follows from mode */
    uint64_t given;       /* bit per option, in table order: given by itself, not by a preset */
};

typedef void options_complain(void *context, const char *line);

void options_defaults(struct options *options);

/* `text`: options separated by ':' or white space; a value, or parts of it, may be quoted with ' or
 * ". NULL is an empty text. False if there was anything to complain about; the rest is still taken.
 */
bool options_parse(struct options *options, const char *text, options_complain *complain,
                   void *context);

/* One option as a shell hands it over: "name=value", with no quotes of ours to remove. */
MUST_USE bool options_set_one(struct options *options, const char *assignment,
                              options_complain *complain, void *context);

/* Applies the preset of the mode to what was not given. */
void options_finish(struct options *options);

/* Visits every option with its value, spelled as options_parse() takes it, but not quoted. */
void options_each(const struct options *options,
                  void (*visit)(void *context, const char *name, const char *value), void *context);

#endif
