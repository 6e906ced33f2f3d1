/* The C library's own functions behind the interposed ones: libc_memcpy() is its memcpy().
 *
 * Each is a pointer. At first it leads to a few instructions that look the function up
 * (os/next_symbol.h) and put its address in the pointer's place, with no lock and no memory: so it
 * may be called at any time after the loader relocated us, from signal handlers too. Before that,
 * in a resolver of an indirect function of another library, only those of fallback.c work, and only
 * after call_*() of check.h was called, which sees to it.
 *
 * Calls that the library's own code makes never come by the interposed functions: the linker turns
 * them (--wrap) into jumps through these pointers. */
#ifndef INTERPOSE_LIBC_REAL_H
#define INTERPOSE_LIBC_REAL_H

#include "interpose/libc/prototypes.h"

enum call_id {
#define FUNCTION(group, name) CALL_##name,
#include "interpose/libc/functions.def"
    CALL_COUNT,
};

#pragma GCC diagnostic push /* deprecated or not, programs call them */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#define FUNCTION(group, name) \
    extern __typeof__(name) *libc_##name __attribute__((visibility("hidden")));
#include "interpose/libc/functions.def"
#pragma GCC diagnostic pop

const char *call_name(enum call_id id); /* always the same pointer */

/* Puts fallback.c's functions in place if the loader has not relocated us yet; else does nothing.
 * The relocation then overwrites them. */
void real_serve_early(void);

#endif
