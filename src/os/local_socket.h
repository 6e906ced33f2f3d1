/* A stream socket under a name in the abstract space of this machine's (network name space's) local
 * sockets: no file, so it works in a chroot, on a read-only file system and without a home, and
 * nothing is left behind however the process ends. By system call, never a cancellation point,
 * errno kept; descriptors are close-on-exec and do not block. */
#ifndef OS_LOCAL_SOCKET_H
#define OS_LOCAL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/compiler.h"

/* Listens under `name` (no leading NUL; at most 100 bytes): a descriptor, or -errno. */
MUST_USE int os_local_listen(const char *name, size_t length);

/* Waits for the next client: a descriptor; -EAGAIN if none came in time, another -errno when no more
 * will come. */
MUST_USE int os_local_accept(int listener, unsigned timeout_ms);

/* True if the other end is the superuser's, or a process of the user that this one is wholly (no
 * privilege kept aside). */
MUST_USE bool os_local_peer_may_ask(int fd);

/* As read(2), waiting until `deadline_ms` (os_clock_ms): -1 then, and when the other end is gone.
 */
MUST_USE ssize_t os_local_receive(int fd, char *data, size_t capacity, uint64_t deadline_ms);

/* All of it. False when the other end is gone, or takes nothing for `patience_ms`. No SIGPIPE. */
bool os_local_send(int fd, const char *data, size_t length, unsigned patience_ms);

/* Connects and hangs up: for waking whoever waits in os_local_accept(). */
void os_local_knock(const char *name, size_t length);

#endif
