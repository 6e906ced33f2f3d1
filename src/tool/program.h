/* The program to run: where it is, and whether a preloaded library will get into it. */
#ifndef TOOL_PROGRAM_H
#define TOOL_PROGRAM_H

#include "base/compiler.h"

/* The file that execvp() would run for `name`. NULL after a complaint, with the status to exit
 * with. */
MUST_USE char *program_find(const char *name, int *status);

/* One line of warning if nothing can be preloaded into the file: static, set-uid, 32-bit. */
void program_warn(const char *path);

/* Becomes the program. Returns only an exit status, after a complaint. */
int program_execute(const char *path, char **arguments);

#endif
