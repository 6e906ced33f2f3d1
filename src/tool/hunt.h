/* `coalmine hunt`: runs a program until it is known who damages its heap. */
#ifndef TOOL_HUNT_H
#define TOOL_HUNT_H

/* `arguments` follow the word hunt: options, an optional "--", the program and its arguments; ends
 * with NULL. Returns an exit status, or ends as the program's last run did. */
int hunt(char **arguments);

#endif
