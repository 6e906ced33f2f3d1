/* The JSON report of one process: one document, from the model. Pure. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "base/strbuf.h"
#include "options/options.h"
#include "report/model.h"

void document_write(struct strbuf *out, const struct told_run *run, const struct options *options);

#endif
