/* Files and processes, by system call: no stdio, no allocation, no cancellation point, errno kept
 * unless said. Async-signal-safe. Descriptors are close-on-exec and never 0, 1 or 2. */
#ifndef OS_IO_H
#define OS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/compiler.h"

/* Writes all of it, through interruptions and short writes. */
bool os_write_all(int fd, const void *data, size_t length);

/* As read(2), through interruptions: bytes read, 0 at the end, -1 on error. */
MUST_USE ssize_t os_read(int fd, void *data, size_t capacity);
MUST_USE ssize_t os_pread(int fd, void *data, size_t capacity, uint64_t offset);

/* A descriptor, or -errno. */
MUST_USE int os_open_read(const char *path);
MUST_USE int os_open_write(const char *path, bool truncate); /* creates; else appends */
void os_close(int fd);
bool os_rename(const char *from, const char *to);

/* Fills those of the descriptors 0 to 2 that are closed, so that what others open meanwhile goes
 * above. */
struct os_held_files {
    bool held[3];
};
void os_files_hold_standard(struct os_held_files *out);
void os_files_release(const struct os_held_files *held);

int os_pid(void);
int os_tid(void);
_Noreturn void os_exit_now(int status); /* no handlers, no flushing */
_Noreturn void os_die(void);            /* SIGABRT, whatever the program did to it */

#endif
