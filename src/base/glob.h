/* Patterns with wildcards against text. No recursion: the time is at most the product of the two
 * lengths, whatever the pattern. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* The whole text: '*' stands for any characters, '?' for any one. */
bool glob_matches(const char *pattern, const char *text);

/* Some part of the text, as sanitizers' suppression files have it: '*' stands for any characters, a
 * '^' at the start of the pattern for the start of the text, a '$' at its end for the end. An empty
 * text has no part. */
bool glob_finds(const char *pattern, const char *text);

#endif
