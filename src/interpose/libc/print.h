/* Text that a function of the printf family makes in memory: judged by its true length, before any
 * of it leaves its block. */
#ifndef INTERPOSE_LIBC_PRINT_H
#define INTERPOSE_LIBC_PRINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "interpose/libc/detour.h"

/* Which of the C library's functions was called, and with what. */
struct print_target {
    char *to;
    bool bounded;   /* snprintf: */
    size_t most;    /* bytes, the terminator's included; SIZE_MAX if not bounded */
    bool fortified; /* __sprintf_chk and __snprintf_chk: */
    int flag;       /* as the caller gave it: above 0, %n must stand in a read-only format */
    size_t known;   /* what the compiler knew of the destination's size; SIZE_MAX: nothing */
};

/* Does what was called for. */
int print_to_memory(const struct call *call, const struct print_target *target, const char *format,
                    va_list arguments);

#endif
