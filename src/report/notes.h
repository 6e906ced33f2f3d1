/* What could not be checked or told, in words, for the summary. Under LOCK_REPORT. */
#ifndef REPORT_NOTES_H
#define REPORT_NOTES_H

#include <stddef.h>

#include "report/model.h"

/* Findings that were not told, by reason. */
struct notes_untold {
    uint64_t too_many;  /* different ones past the most that are shown */
    uint64_t unkept;    /* told, but not kept for want of memory: repeats are told again */
    uint64_t recursive; /* during the telling of another one */
};

enum { NOTES_MOST = 16 };

/* Fills `list` with up to NOTES_MOST lines, `given` ones last; how many. They last until the next
 * call. */
size_t notes_gather(const struct told_run *run, const struct notes_untold *untold,
                    const char *const *given, size_t given_count, const char *list[NOTES_MOST]);

#endif
