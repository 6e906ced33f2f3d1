/* Errors told to who asked for a check, besides to where reports go. */
#ifndef REPORT_OVERHEAR_H
#define REPORT_OVERHEAR_H

#include "base/strbuf.h"
#include "report/model.h"

/* The text of what the calling thread finds from now on goes there, too; of repeats as well. NULL:
 * no longer. */
void overhear_start(struct strbuf *out);

/* For whoever tells an error, on the thread that found it. */
void overhear_error(const struct told_error *error);

#endif
