/* The text of an error that is an access: beyond a block's bounds, or to a freed block. */
#ifndef REPORT_TEXT_DAMAGE_H
#define REPORT_TEXT_DAMAGE_H

#include "report/text.h"

/* All of it but the headline. */
void text_damage(struct strbuf *out, const struct text_style *style,
                 const struct told_error *error);

#endif
