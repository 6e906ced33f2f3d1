/* A JSON report as a document. */
#ifndef TOOL_SAVED_FILE_H
#define TOOL_SAVED_FILE_H

#include <jansson.h>

#include "base/compiler.h"

/* "-" is standard input. Whole numbers that jansson has no room for come as strings of digits. NULL
 * after a complaint: it cannot be read, is no JSON, or no report of ours. */
MUST_USE json_t *saved_file_load(const char *path);

#endif
