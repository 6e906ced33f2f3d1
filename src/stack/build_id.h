/* The build id of a loaded module, from its ELF header and notes in memory. Async-signal-safe. */
#ifndef STACK_BUILD_ID_H
#define STACK_BUILD_ID_H

#include "stack/modules.h"

/* Fills build_id and build_id_length from what lies at start; length 0 where nothing is found. */
void build_id_read(struct module *module);

#endif
