/* Numbers that nobody outside can guess: the per-process secret of canaries, hash seeds.
 * Never blocks, never fails, keeps errno, takes no lock. */
#ifndef OS_ENTROPY_H
#define OS_ENTROPY_H

#include <stdint.h>

#include "base/compiler.h"

/* 64 bits from the kernel's generator. Where that has none yet (early boot) or is forbidden,
 * mixed from what the kernel gave the process at exec, the clock and the addresses it was loaded
 * at. */
MUST_USE uint64_t os_entropy(void);

#endif
