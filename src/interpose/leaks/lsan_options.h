/* What a program says to LeakSanitizer about how it is to run. */
#ifndef INTERPOSE_LEAKS_LSAN_OPTIONS_H
#define INTERPOSE_LEAKS_LSAN_OPTIONS_H

#include <stdbool.h>

#include "options/options.h"

/* Set before there are threads. */
extern bool lsan_is_on;          /* its functions do look for leaks */
extern bool lsan_checks_at_exit; /* and so does the end of the process */

/* Takes what __lsan_default_options() and __lsan_is_turned_off() answer, where the program defines
 * them. Of LeakSanitizer's flags those that Coalmine has an option for; others are passed over.
 * False if there was anything to complain about; the rest is still taken. Called in the first
 * malloc: no allocation, no stdio. */
bool lsan_options_read(struct options *options, options_complain *complain, void *context);

#endif
