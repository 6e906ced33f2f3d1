/* Which of the leaks that were found are told: those of the kinds asked for that no suppression
 * hides. Under LOCK_REPORT. */
#ifndef REPORT_SIFT_H
#define REPORT_SIFT_H

#include <stddef.h>

#include "report/model.h"

struct sifted {
    struct leak_report leaks;             /* counts of what is told; no groups */
    struct told_leak *told;               /* leaks.count of them; NULL: none, or no memory */
    size_t room;                          /* groups that `told` was made for */
    struct leak_sum left_out[LEAK_KINDS]; /* of other kinds */
};

/* `kinds`: a bit per enum leak_kind. Starts the helper if names are missing. */
void sift_leaks(const struct leak_report *found, unsigned kinds, struct sifted *out);

void sift_drop(struct sifted *sifted);

#endif
