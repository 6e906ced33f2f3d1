/* The end of a process by a signal: what it was, looked up and put into words. Under LOCK_REPORT.
 */
#ifndef REPORT_DEATH_H
#define REPORT_DEATH_H

#include "base/compiler.h"
#include "base/strbuf.h"
#include "report/model.h"
#include "report/text.h"

/* Describes the address and names stacks and threads. */
void death_fill(struct told_death *told, const struct death *death);

void death_text(struct strbuf *out, const struct text_style *style, const struct told_death *told);

/* One that tells of a mistake of the program: worth a text. */
MUST_USE bool death_is_crash(const struct death *death);

void death_name(struct strbuf *out, int number); /* "SIGSEGV" */

/* "read", "write", "execute"; NULL: not known. */
const char *death_access(const struct death *death);

#endif
