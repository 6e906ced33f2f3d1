/* Learns a frame rule from libunwind: one step over made-up registers and a made-up stack whose
 * answers tell where they came from. About a microsecond. */
#ifndef STACK_LEARN_H
#define STACK_LEARN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* After unwinder_load(), from the constructor. False when out of memory. */
MUST_USE bool learn_start(void);

/* `key` is a return address, or a program counter with STACK_EXACT. Never RULE_NONE. The caller
 * holds LOCK_LEARN. Before learn_start(), all is RULE_NO_INFO. */
MUST_USE uint64_t learn_rule_locked(uintptr_t key);

#endif
