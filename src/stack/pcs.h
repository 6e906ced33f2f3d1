/* Program counters by number, from 0 up in the order they were first stored. A program has some
 * thousands of them, in all of its stacks, so that two bytes name most. */
#ifndef STACK_PCS_H
#define STACK_PCS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* The number of a program counter (with or without STACK_EXACT), a new one if it has none. False
 * when out of memory. The caller holds LOCK_DEPOT. */
MUST_USE bool pcs_number_locked(uintptr_t pc, uint32_t *number);

/* Lock-free. `number` has been given out. */
uintptr_t pcs_get(uint32_t number);

#endif
