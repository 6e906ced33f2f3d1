/* A stack of a JSON report, into the model. */
#ifndef TOOL_SAVED_STACK_H
#define TOOL_SAVED_STACK_H

#include <jansson.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "report/model.h"

/* NULL is a stack that is not known. Frames without names are looked up in their modules, and may
 * become several where calls were inlined. False: it is no array of objects. */
MUST_USE bool saved_stack(const json_t *from, struct trace *out);

#endif
