/* Parts of a JSON report, each into its struct of the model. Strings and arrays stay where jansson
 * has them, so the document must stay. What is missing is left unknown; what is there and makes no
 * sense is false. */
#ifndef TOOL_SAVED_PARTS_H
#define TOOL_SAVED_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "report/model.h"

MUST_USE bool saved_error(const json_t *from, struct told_error *out);
MUST_USE bool saved_leak(const json_t *from, struct told_leak *out);
/* The member `signal`. */
MUST_USE bool saved_death(const json_t *from, struct told_death *out);
MUST_USE bool saved_suppression(const json_t *from, struct suppression *out);

/* 0 where there is none, or it is no number above 0. */
uint64_t saved_number(const json_t *object, const char *name);

/* NULL where there is none. */
const char *saved_text(const json_t *object, const char *name);

#endif
