/* The file of the option `sites`: sites of earlier runs, and those found now. Whole entries are
 * added with one write each, so several processes can share a file. */
#ifndef REPORT_SITE_FILE_H
#define REPORT_SITE_FILE_H

#include "options/options.h"
#include "report/model.h"

/* The pattern must stay; "" for none. */
void site_file_start(const char *pattern);

/* What the file has goes to inspect/sites.h. That there is none is no mistake; a line that makes no
 * sense is complained of. At the start, before there are threads. */
void site_file_read(options_complain *complain, void *context);

/* Adds the site of an error's block, where there is damage at a known site that the file does not
 * have. Under LOCK_REPORT. */
void site_file_note(const struct told_error *error);

#endif
