/* `coalmine diff OLD NEW [MORE...]`: what became of live memory, leaks and errors. */
#ifndef TOOL_DIFF_H
#define TOOL_DIFF_H

/* `arguments` follow the word diff; NULL-terminated. Returns 0 if nothing appeared or grew (of more
 * than two files: nothing grows steadily), 1 if something did, 2 for trouble. */
int diff(char **arguments);

#endif
