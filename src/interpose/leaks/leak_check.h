/* A leak check that the program asks for. Any thread, not in a signal handler; keep errno. */
#ifndef INTERPOSE_LEAKS_LEAK_CHECK_H
#define INTERPOSE_LEAKS_LEAK_CHECK_H

#include <stdint.h>

#include "inspect/leaks.h"

/* Looks, as leaks_find() does, with the process's options. The frames from this call's caller up
 * are looked at; a struct that `out` is in should not hold old addresses. */
void leak_check_find(uint32_t since, struct leak_report *out);

/* How many blocks of those count; -1 if nothing is known. */
long leak_check_count(const struct leak_report *report);

#endif
