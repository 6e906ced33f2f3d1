/* Which of some known names a mistyped one was meant to be: the nearest, if it is near. */
#ifndef BASE_TYPO_H
#define BASE_TYPO_H

#include <stdbool.h>
#include <stddef.h>

/* With more edits than that, a name so long is another word. 0: no name is as long. */
unsigned typo_most(size_t length);

/* True if `name` becomes `known` by at most `most` edits; then *most is what a nearer one takes. */
bool typo_is_of(const char *name, size_t length, const char *known, unsigned *most);

#endif
