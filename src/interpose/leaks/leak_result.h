/* What a leak check found, as the program gets it: a struct coalmine_leaks with all it points to in
 * one piece of our own memory. */
#ifndef INTERPOSE_LEAKS_LEAK_RESULT_H
#define INTERPOSE_LEAKS_LEAK_RESULT_H

#include "coalmine/coalmine.h"
#include "inspect/leaks.h"

/* Nothing found; texts empty. */
void leak_result_clear(struct coalmine_leaks *out);

/* Those of the leaks that count. `out` was cleared. Short of memory, counts only. */
void leak_result_fill(const struct leak_report *found, struct coalmine_leaks *out);

void leak_result_drop(struct coalmine_leaks *leaks);

#endif
