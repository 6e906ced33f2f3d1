/* Where the parts of an installation are, in the build tree, installed, or moved elsewhere as a
 * whole. */
#ifndef TOOL_PLACES_H
#define TOOL_PLACES_H

#include "base/compiler.h"

/* The command's own file; NULL if that cannot be found out. */
MUST_USE char *place_of_command(void);

/* libcoalmine.so: beside the command's file in the build tree, else where configure put it as seen
 * from there, else where configure put it. NULL if it is at none of them. */
MUST_USE char *place_of_library(const char *command);

#endif
