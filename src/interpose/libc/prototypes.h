/* The C library's functions that are interposed: its own headers, and what those leave out. */
#ifndef INTERPOSE_LIBC_PROTOTYPES_H
#define INTERPOSE_LIBC_PROTOTYPES_H

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

/* Called by programs built with _FORTIFY_SOURCE: as the function of that name, with the size of the
 * destination, as far as the compiler knew it, at the end. */
void *__memcpy_chk(void *to, const void *from, size_t bytes, size_t room);
void *__memmove_chk(void *to, const void *from, size_t bytes, size_t room);
void *__mempcpy_chk(void *to, const void *from, size_t bytes, size_t room);
void *__memset_chk(void *to, int byte, size_t bytes, size_t room);
void __explicit_bzero_chk(void *to, size_t bytes, size_t room);

#endif
