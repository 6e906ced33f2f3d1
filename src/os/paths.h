/* What stands at a path in the file system. By system call; errno kept. */
#ifndef OS_PATHS_H
#define OS_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* True if nothing is there, or a plain file: then a rename may put another in its place. Not so for
 * devices, pipes, and links, behind which somebody else's choice stands. */
MUST_USE bool os_path_is_replaceable(const char *path);
MUST_USE bool os_path_is_executable(const char *path); /* for us */

/* True if the file begins as programs do that the kernel starts by itself: ELF, or "#!". */
MUST_USE bool os_path_is_program(const char *path);

/* The current directory. False if it does not fit or is out of reach. */
MUST_USE bool os_path_current(char *out, size_t capacity);

/* Puts a file in the place of the one at `path`, if that still has `size` bytes: its first `kept`
 * bytes, and then `length` others. Made at `new_path` first, so that whoever reads it, at whatever
 * moment this process is killed, finds one of the two. */
MUST_USE bool os_path_patch(const char *path, const char *new_path, uint64_t size, uint64_t kept,
                            const char *data, size_t length);

void os_path_remove(const char *path);

#endif
