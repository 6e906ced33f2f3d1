/* Looks up what a finding's ids and addresses stand for. Under LOCK_REPORT. */
#ifndef REPORT_DETAIL_H
#define REPORT_DETAIL_H

#include "report/model.h"

/* Fills everything of `error` but its finding and count. Starts the helper if names are missing. */
void detail_fill(struct told_error *error);
void detail_free(struct told_error *error);

/* Once it is told: lets go of stacks that had only the spare room, which others may need. */
void detail_settle(struct told_error *error);

/* Fills everything of `count` leaks but their groups and matches. */
void detail_fill_leaks(struct told_leak *leaks, size_t count);
void detail_free_leak(struct told_leak *leak);

#endif
