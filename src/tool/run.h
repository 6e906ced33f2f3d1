/* Runs a program under the library. */
#ifndef TOOL_RUN_H
#define TOOL_RUN_H

/* `arguments`: the command's own options, an optional "--", the program and its arguments; ends
 * with NULL. Becomes the program; returns only an exit status, after a complaint. */
int run_program(char **arguments);

#endif
