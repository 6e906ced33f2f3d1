/* Values of options: from text into their fields and back. */
#ifndef OPTIONS_VALUE_H
#define OPTIONS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "options/options.h"
#include "options/table.h"

/* False if the text is not allowed: the field is untouched. */
MUST_USE bool value_set(struct options *options, const struct option *option, const char *text);

/* Appends the value in the spelling that value_set() takes. */
void value_text(struct strbuf *out, const struct options *options, const struct option *option);

#endif
