/* `coalmine report`: saved reports as text, JSON or suppressions. */
#ifndef TOOL_RENDER_H
#define TOOL_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "tool/saved.h"

/* `arguments`: those after the word "report", ended by NULL. Returns an exit status. */
int render_reports(char **arguments);

void render_text(FILE *to, const struct saved *saved, bool color);
void render_json(FILE *to, const struct saved *saved);

#endif
