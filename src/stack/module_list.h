/* The list behind modules.h, for the rest of this layer: what is loaded now, what was seen before.
 *
 * Locks, in this order: the loader's own (never taken here with one of ours held), LOCK_LEARN, held
 * by whoever calls a `_locked` function, LOCK_MODULES. */
#ifndef STACK_MODULE_LIST_H
#define STACK_MODULE_LIST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "stack/modules.h"

extern _Atomic uint32_t modules_epoch; /* what module_epoch() tells */

/* A module as the loader knows it now. */
struct module_place {
    uintptr_t start, end, bias;
    const char *name;         /* "" for the program */
    const void *eh_frame_hdr; /* NULL: none */
    bool listed;              /* on the list already */
};

/* By _dl_find_object, which takes no lock; with a C library that lacks it (before 2.35) by the
 * list. False if the address is in no module. Async-signal-safe. */
MUST_USE bool module_locate(uintptr_t address, struct module_place *place);

/* Puts a module on the list, if it is not there. One that lay in its place is gone then, and its
 * rules are forgotten. Nothing happens when out of memory. */
void module_note_locked(const struct module_place *place);

/* Puts the module at the address on the list. With an old C library all are there already. */
void modules_note(uintptr_t address);

/* After a dlclose: what is no longer where it was is gone. Calls the loader with an old C library.
 */
void modules_recheck(void);

/* At the start and after a dlopen: with an old C library, puts all modules on the list. Calls the
 * loader. */
void modules_gather(void);

void modules_register_lock(void);

#endif
