/* Which module's thread-local storage an address is in, and where in it. By the table of such
 * storage that the C library keeps for each thread (dtv); other C libraries than glibc have other
 * ones, and nothing is found. */
#ifndef INSPECT_TLS_H
#define INSPECT_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum { TLS_MODULES_MOST = 256 };

struct tls_module {
    size_t number; /* the loader's */
    size_t bytes;
    uintptr_t inside; /* an address in the module itself */
};

struct tls_modules {
    size_t count;
    struct tls_module module[TLS_MODULES_MOST];
};

/* Asks the loader: with none of our locks held. */
void tls_list(struct tls_modules *out);

/* Of the thread with this thread pointer. NULL: in none of these, or the thread has not used it.
 * Takes no lock. */
const struct tls_module *tls_find(const struct tls_modules *modules, uintptr_t thread_pointer,
                                  uintptr_t address, size_t *offset);

#endif
