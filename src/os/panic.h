/* The end for our own bugs: one line with file, line and words on stderr, then abort. Never for the
 * program's bugs, which are findings, nor for want of memory, which is an answer. */
#ifndef OS_PANIC_H
#define OS_PANIC_H

#include "base/compiler.h"

_Noreturn void os_panic_at(const char *file, int line, const char *words);

#define PANIC(words) os_panic_at(__FILE__, __LINE__, words)
#define INVARIANT(condition) \
    do { \
        if (UNLIKELY(!(condition))) { \
            PANIC("broken invariant: " #condition); \
        } \
    } while (0)

#endif
