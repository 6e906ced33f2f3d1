/* What an address that is no heap block is. Never reads at the address. Takes no lock but that of
 * our own memory. */
#ifndef INSPECT_ADDRESS_H
#define INSPECT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"

/* The loaded file (program or library) that the address lies in: appends its path; `bias` is the
 * address less the file's own. False if there is none. */
MUST_USE bool address_find_file(uintptr_t address, struct strbuf *path, uintptr_t *bias);

/* Appends a phrase that completes "0x… is …": "in the stack of this thread", "in .data of module
 * /usr/bin/x", "in .rodata of …", "in .text of …", "in the stack of thread 12 (name)", "in memory
 * mapped from FILE", "in an anonymous mapping", "not mapped", "the value 1, no address". */
void address_describe(struct strbuf *out, uintptr_t address);

#endif
