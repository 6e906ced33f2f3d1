/* Runs a program under the library. */
#ifndef TOOL_RUN_H
#define TOOL_RUN_H

#include <stdbool.h>

#include "base/compiler.h"
#include "options/options.h"

/* `arguments`: the command's own options, an optional "--", the program and its arguments; ends
 * with NULL. Becomes the program; returns only an exit status, after a complaint. */
int run_program(char **arguments);

/* Parts of it. The options before the program are taken; `arguments` moves to the program. NULL
 * after a complaint, else the text for the library: the environment's own options, then these,
 * which win by coming later. `options` has their values. */
MUST_USE char *run_take_options(char ***arguments, struct options *options);

/* Adds to such a text; frees it. */
MUST_USE char *run_joined(char *text, const char *more);

/* name=value as options_parse() reads it back: quoted where a blank, colon or quote would mislead
 * it. */
MUST_USE char *run_quoted(const char *assignment);

/* Has what this process executes next run under the library, with such a text. False after a
 * complaint. */
MUST_USE bool run_prepare_environment(const char *options);

#endif
