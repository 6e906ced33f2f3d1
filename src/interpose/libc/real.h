/* The C library's own functions behind the interposed ones: libc_memcpy() is its memcpy().
 *
 * Each is a pointer. At first it leads to a few instructions that look the function up
 * (os/next_symbol.h) and put its address in the pointer's place, with no lock and no memory: so it
 * may be called at any time, from signal handlers too. Before the loader relocated us, in a
 * resolver of an indirect function of another library, that holds only after call_*() of check.h
 * was called, or calls_are_judged(), which see to it.
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

/* The name that the program's source has, not that of a twin which a compiler or header chose:
 * "sscanf" for __isoc99_sscanf, "sprintf" for __sprintf_chk. Always the same pointer as well. */
const char *call_plain_name(enum call_id id);

/* If the loader has not relocated us yet, does it for the pointers, and puts fallback.c's functions
 * in place; else does nothing. */
void real_serve_early(void);

#endif
