/* Switches the checks on, and knows which were switched off. */
#ifndef INTERPOSE_LIBC_START_H
#define INTERPOSE_LIBC_START_H

#include <stdbool.h>

#include "interpose/libc/real.h"
#include "options/options.h"

/* Once the heap is there. Weak: the archive has no part of this folder. */
void calls_start(const struct options *options, options_complain *complain)
    __attribute__((weak, visibility("hidden")));

/* True if intercept_skip names the function. */
bool calls_are_skipped(enum call_id id);

#endif
