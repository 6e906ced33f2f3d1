/* What the rest of the library does about stacks: starting, threads, modules that come and go. */
#ifndef STACK_START_H
#define STACK_START_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/stack.h"

/* Loads libunwind; from the library's constructor: calls the loader, which calls malloc. `depth` is
 * the most frames of a stack, 1 to STACK_MOST_FRAMES. Stacks captured earlier have one frame. False
 * if there is no libunwind: frames are then followed as far as frame pointers prove themselves. */
bool stack_start(unsigned depth);

/* Called before each capture until stack_start() was: whoever knows whether the time has come may
 * call that there. May be NULL. */
extern void (*stack_unstarted)(const struct call_site *site);

void stack_register_locks(void);

/* A thread's memory of its last stacks. [low, high) is its stack, which must stay mapped from the
 * stack pointer up; 0, 0 if unknown, at the cost of system calls in each capture. NULL when out of
 * memory; stacks are captured without one, only slower, and with at most STACK_FRAMES_WITHOUT_CACHE
 * frames. */
MUST_USE struct stack_cache *stack_cache_create(uintptr_t low, uintptr_t high);
void stack_cache_destroy(struct stack_cache *cache); /* by its thread, or when that has ended */
enum { STACK_FRAMES_WITHOUT_CACHE = 32 };

/* For a cache that another thread takes over. */
void stack_cache_set_bounds(struct stack_cache *cache, uintptr_t low, uintptr_t high);

/* Before a dlclose of the module that has this address: so that it is known afterwards what was
 * there. */
void stack_before_module_unload(uintptr_t address);

/* After each dlopen and dlclose, outside of the loader's locks. */
void stack_after_module_load(void);
void stack_after_module_unload(void);

#endif
