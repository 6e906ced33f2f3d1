/* What the address of a fault that ends the process has to do with: one honest phrase. Under
 * LOCK_REPORT. */
#ifndef REPORT_WILD_H
#define REPORT_WILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "report/model.h"

/* Fills place, hint and block of `told` from its death. */
void wild_describe(struct told_death *told);

/* Appends what a record of ours at that address is of, which was to be written to. True: `block` is
 * set to that block. Takes no lock. */
bool wild_describe_record(struct strbuf *out, uintptr_t address, struct block_info *block);

#endif
