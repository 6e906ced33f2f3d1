/* After a call was told of, and before it is made: nothing of ours stands in its way, and what it
 * damages is not told again. Async-signal-safe. */
#ifndef INTERPOSE_LIBC_LET_THROUGH_H
#define INTERPOSE_LIBC_LET_THROUGH_H

#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"

/* The access of a finding by bounds_are_left(), which ends before `end`. */
void let_through(const struct finding *finding, uintptr_t end);

/* More was written, from `at` on, than was known when the call was told of: for calls whose length
 * only the input decides, and of which the first byte was told. */
void let_through_written(const void *at, size_t bytes);

#endif
