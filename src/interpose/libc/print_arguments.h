/* What the arguments of a printf call point to, judged before the call happens: strings, counts
 * that %n writes, and the format itself. */
#ifndef INTERPOSE_LIBC_PRINT_ARGUMENTS_H
#define INTERPOSE_LIBC_PRINT_ARGUMENTS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "interpose/libc/detour.h"

struct print {
    const struct call *call;
    const void *format;
    bool wide;           /* of the wprintf family */
    uintptr_t low, high; /* where the text goes: [low, high); the same: not into memory */
    bool reads_its_text; /* found: a string argument lies there */
};

/* Walks over a copy of `arguments`. Where the format says what is not understood the walk ends: an
 * argument is never taken for what it may not be. */
void print_judge_arguments(struct print *print, va_list arguments);

#endif
