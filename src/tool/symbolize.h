/* The helper process that names frames for the library. A line per request,
 *
 *     N PATH HEXOFFSET BUILDID        (path with %XX escapes; "-" for no build id)
 *
 * and for each a block of answers, innermost inlined call first, closed by a dot:
 *
 *     N FUNCTION<tab>FILE<tab>LINE<tab>INLINED[<tab>LINKAGE]
 *     N .
 *
 * Offsets are addresses as the file's own symbol table has them. What is unknown is empty; the
 * mangled name is there where it is another; a file
 * that is missing, or has another build id, gets the dot alone. */
#ifndef TOOL_SYMBOLIZE_H
#define TOOL_SYMBOLIZE_H

#include <stdio.h>

/* Answers until the requests end. Returns an exit status. */
int symbolize(FILE *requests, FILE *answers);

#endif
