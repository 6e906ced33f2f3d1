/* Words for people, written to where the program's own output goes. By system call; errno kept. */
#ifndef OS_MESSAGE_H
#define OS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Writes all of it, in one write where the file takes it. A reader that went away raises no
 * SIGPIPE; a full pipe that must not block is waited for, a while. */
bool os_message_write(int fd, const char *text, size_t length);

MUST_USE bool os_is_terminal(int fd);

#endif
