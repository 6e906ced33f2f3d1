/* The JSON reports that one run left behind, and the one report at the end. */
#ifndef TOOL_HUNT_REPORT_H
#define TOOL_HUNT_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "options/options.h"
#include "tool/saved.h"

/* Adds up what the processes of a run wrote to `folder`, the one started first. False: there is
 * nothing. */
MUST_USE bool hunt_report_read(struct saved *out, const char *folder, pid_t pid);

/* Text to standard error or `log`, JSON to `json`: as the user's `options` say. The program's path
 * stands for %e. */
void hunt_report_write(struct saved *total, const struct options *options, const char *program);

#endif
