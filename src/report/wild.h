/* What the address of a fault that ends the process has to do with: one honest phrase. Under
 * LOCK_REPORT. */
#ifndef REPORT_WILD_H
#define REPORT_WILD_H

#include "report/model.h"

/* Fills place, hint and block of `told` from its death. */
void wild_describe(struct told_death *told);

#endif
