/* The file this process runs. By system call; errno kept; async-signal-safe. */
#ifndef OS_EXE_H
#define OS_EXE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Its path as the kernel knows it, NUL-terminated. False without /proc or where it does not fit. */
MUST_USE bool os_exe_path(char *out, size_t capacity);

#endif
