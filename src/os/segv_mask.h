/* SIGSEGV in signal masks. While guard pages are in use it must never be blocked in the kernel: a
 * fault would end the process there and then. Where the program blocks it, the bit of another
 * signal stands for it, SIGSTKFLT's, which the kernel has no use for. So it is the kernel itself
 * that hands what the program believes to new threads, to handlers and back, and through
 * siglongjmp() and setcontext(), which nobody else sees.
 *
 * What is lost: a program that blocks one of the two blocks both, or none. SIGBUS needs none of
 * this, no guard raises it. All are async-signal-safe and keep errno but where one is returned. */
#ifndef OS_SEGV_MASK_H
#define OS_SEGV_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* From now on masks are translated; the calling thread's is set right first. */
void segv_mask_start(void);

/* Masks in the kernel's own form, bit N-1 for signal N; as they are before the start. */
uint64_t segv_mask_to_kernel(uint64_t program);
uint64_t segv_mask_to_program(uint64_t kernel);

/* True if in the kernel's mask SIGSEGV counts as blocked. */
bool segv_mask_blocks(uint64_t kernel);

/* As sigprocmask(2), in terms of the program; `set` and `before` may be NULL. Returns 0 or an error
 * number. */
MUST_USE int segv_mask_change(int how, const uint64_t *set, uint64_t *before);

/* Sets a mask in the kernel's terms right that came by no function of ours, on the calling thread.
 */
void segv_mask_settle(void);

/* For another program that is about to take this thread's mask over: as if we were not there. Then
 * the same back again. */
void segv_mask_reveal(void);
void segv_mask_conceal(void);

#endif
