/* A leak check that the program asks for. Any thread, not in a signal handler; keep errno. */
#ifndef INTERPOSE_LEAKS_LEAK_CHECK_H
#define INTERPOSE_LEAKS_LEAK_CHECK_H

#include <stdint.h>

#include "base/compiler.h"
#include "inspect/leaks.h"

/* Looks, as leaks_find() does, with the process's options, and returns how many blocks of those
 * found count; -1 if nothing is known. The frames from this call's caller up are looked at; a
 * struct that `out` is in should not hold old addresses. */
MUST_USE long leak_check(uint32_t since, struct leak_report *out);

#endif
