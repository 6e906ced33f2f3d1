/* Suppressions from text, in the syntax of LeakSanitizer and of Valgrind, entry by entry:
 *
 *     leak:PATTERN             also KIND:PATTERN for any other kind of finding
 *     {
 *        NAME
 *        Memcheck:Leak         also Coalmine:KIND
 *        match-leak-kinds: definite,possible
 *        fun:malloc
 *        ...
 *        obj:*libname*
 *     }
 *     # coalmine: at most 4K bytes, 10 blocks
 *
 * The last is a budget, for the next entry or for that in whose braces it stands; other lines that
 * start with '#' mean nothing. Entries for other tools, and for what other tools alone find, are
 * passed over. No allocation but own_alloc; any bytes are survived. */
#ifndef REPORT_SUPPRESSION_TEXT_H
#define REPORT_SUPPRESSION_TEXT_H

#include <stddef.h>

#include "report/suppression.h"

struct suppression_source {
    const char *file;  /* NULL: not from a file */
    const char *title; /* in complaints: the file's name, or what stands for it */
    void (*take)(void *context, struct suppression *entry); /* in memory of own_alloc */
    void (*complain)(void *context, const char *line);      /* "TITLE:LINE: words" */
    void *context;
};

/* `text` is cut into pieces and must stay as long as the entries; text[length] is written to. */
void suppression_text_read(char *text, size_t length, const struct suppression_source *source);

#endif
