/* Words for people, written to where the program's own output goes. By system call; errno kept. */
#ifndef OS_MESSAGE_H
#define OS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Writes all of it, in one write where the file takes it. A reader that went away raises no
 * SIGPIPE; a full pipe that must not block is waited for, a while. */
bool os_message_write(int fd, const char *text, size_t length);

/* Programs close standard error before they end (GNU coreutils do, in an exit handler), or make it
 * their own. This keeps a second descriptor for it, out of the way (close-on-exec, near 1000). */
void os_message_keep_standard_error(void);

/* Where messages go: 2, or what was kept if that is closed. */
int os_message_standard_error(void);

MUST_USE bool os_is_terminal(int fd);

#endif
