/* One line on standard error, in the voice of the command. */
#ifndef TOOL_COMPLAIN_H
#define TOOL_COMPLAIN_H

#include <stddef.h>

#include "base/compiler.h"

/* Exit statuses of the command itself; the program's own pass through. 126 and 127 are the shell's.
 */
enum {
    STATUS_OK = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127,
};

void complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* For options_parse(): `context` is where the option stood ("COALMINE_OPTIONS: "). */
void complain_option(void *context, const char *line);

/* Ends the command, after a complaint, if there is none: for what malloc() and kin return. */
MUST_USE void *have_memory(void *memory);

/* That many zeroed pieces of so many bytes; at least one. Ends the program without memory. */
MUST_USE void *have_room(size_t count, size_t bytes);

/* strdup() and asprintf() that say so and end the command when memory is exhausted. */
MUST_USE char *copy_text(const char *text);
MUST_USE char *make_text(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
