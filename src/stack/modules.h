/* Which file an address belongs to, now or when a stack was captured: modules come and go with
 * dlopen and dlclose, and a frame keeps its meaning as (build id, offset). Entries are never
 * removed, only marked as gone. Thread-safe; module_find() is lock-free and async-signal-safe. */
#ifndef STACK_MODULES_H
#define STACK_MODULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

enum { MODULE_BUILD_ID_MOST = 32 };

struct module {
    uintptr_t start, end; /* mapped range */
    uintptr_t bias;       /* address at run time minus address in the file's symbol table */
    uint32_t first_epoch; /* seen from this epoch on … */
    uint32_t last_epoch;  /* … to this one; UINT32_MAX while loaded */
    uint8_t build_id[MODULE_BUILD_ID_MOST];
    uint8_t build_id_length; /* 0: it has none */
    char path[];             /* absolute where known; "[vdso]" for the kernel's */
};

/* NULL if unknown. `address` is a plain address (no STACK_EXACT bit). */
const struct module *module_find(uintptr_t address, uint32_t epoch);

/* The same of what is loaded now, seen before or not. Takes LOCK_LEARN. */
const struct module *module_find_now(uintptr_t address);

/* The last one that was there and is no longer; NULL if none is known. Lock-free likewise. */
const struct module *module_find_gone(uintptr_t address);

/* Epoch of stacks captured now: rises when a module goes away. */
uint32_t module_epoch(void);

#endif
