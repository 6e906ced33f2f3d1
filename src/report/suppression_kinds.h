/* The names that suppressions have for kinds of findings and of leaks. No state. */
#ifndef REPORT_SUPPRESSION_KINDS_H
#define REPORT_SUPPRESSION_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct suppression_kinds {
    bool leaks;
    uint64_t errors; /* bit per enum finding_kind */
};

/* "leak" or a finding's own word. False: no such kind. */
MUST_USE bool suppression_own_kind(const char *word, struct suppression_kinds *out);

/* What comes nearest to a kind of Memcheck's; nothing, for what only Memcheck finds. */
struct suppression_kinds suppression_memcheck_kind(const char *word);

/* "definite,possible", "all", "none", cut in place; a bit per enum leak_kind. False: a word that is
 * none of these. */
MUST_USE bool suppression_leak_kinds(char *words, unsigned *bits);

#endif
