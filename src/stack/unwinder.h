/* libunwind, loaded privately: its libunwind.so.8 exports _Unwind_*, which in the global scope
 * would take the program's C++ exceptions away from libgcc. One that is linked in is taken where it
 * is there.
 *
 * Its functions are called under LOCK_LEARN only, and call neither malloc nor the loader: unwind
 * tables are found by callbacks of ours. */
#ifndef STACK_UNWINDER_H
#define STACK_UNWINDER_H

#include <stdbool.h>
#include <stdint.h>

#include <libunwind-x86_64.h>

#include "base/compiler.h"

/* What an address space's callbacks get as their last argument begins with this. */
struct unwinder_context {
    uintptr_t start,
        end;      /* the module whose tables are being read: nothing else outside the stack is */
    bool no_info; /* there was no unwind information for the program counter */
};

struct unwinder {
    int (*init_remote)(unw_cursor_t *cursor, unw_addr_space_t space, void *context);
    int (*step)(unw_cursor_t *cursor);
    int (*get_reg)(unw_cursor_t *cursor, int reg, unw_word_t *value);
};

extern struct unwinder unwinder; /* written by unwinder_load() */

/* Finds or loads libunwind; false if there is none. Calls the loader: from the constructor only. */
MUST_USE bool unwinder_load(void);

/* Callbacks of an address space: a word of memory, a register. They answer 0, or a negative error.
 */
typedef int unwinder_memory(unw_addr_space_t space, unw_word_t at, unw_word_t *value, int write,
                            void *context);
typedef int unwinder_register(unw_addr_space_t space, unw_regnum_t reg, unw_word_t *value,
                              int write, void *context);

/* Calls malloc: from the constructor only. NULL when out of memory. */
MUST_USE unw_addr_space_t unwinder_space(unwinder_memory *memory, unwinder_register *reg);

/* True while the calling thread is in unwinder_space(): there libunwind opens a pipe, by which it
 * tries addresses where it walks the process's own stack. We do not have it do that, but it keeps
 * the descriptors. Async-signal-safe. */
bool unwinder_is_starting(void);

/* Part of a memory callback: reads a word of the module's tables. */
int unwinder_read_table(const struct unwinder_context *context, unw_word_t at, unw_word_t *value);

#endif
