/* Where the program called us from: what an unwind needs to start.
 *
 * CALL_SITE() stands in the very function that the program calls, and gives that function a frame
 * pointer of its own, so that return address, the caller's stack pointer and the caller's RBP are
 * found at fixed places, whatever the compiler did with the registers. */
#ifndef STACK_CALLSITE_H
#define STACK_CALLSITE_H

#include <stdint.h>

struct call_site {
    uintptr_t pc; /* return address into the caller */
    uintptr_t sp; /* the caller's stack pointer after our return */
    uintptr_t fp; /* the caller's frame pointer register */
};

#define CALL_SITE() \
    ((struct call_site){ \
        .pc = (uintptr_t)__builtin_return_address(0), \
        .sp = (uintptr_t)__builtin_frame_address(0) + 2 * sizeof(uintptr_t), \
        .fp = *(const uintptr_t *)__builtin_frame_address(0), \
    })

#endif
