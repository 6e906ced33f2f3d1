/* The options, told to people: all from options.def. */
#ifndef TOOL_LISTING_H
#define TOOL_LISTING_H

#include <stdio.h>

void listing_table(FILE *out);  /* name, type, default, range and meaning of each */
void listing_brief(FILE *out);  /* name and meaning, for --help */
void listing_names(FILE *out);  /* "name= word word", for completion */
void listing_manual(FILE *out); /* coalmine-options(7) in man(7) macros */

#endif
