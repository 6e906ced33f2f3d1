/* Errors made up for the writers of reports, and what their stacks look like in text. */
#ifndef SUPPORT_TOLD_H
#define SUPPORT_TOLD_H

#include "report/model.h"
#include "report/text.h"

#define INNER "    #0 copy_name names.c:14 (demo+0x11d9)\n    #1 main demo.c:31 (demo+0x12a0)\n"
#define BARE "    #0 (/usr/lib/libz.so.1+0x4a1d)\n    #1 (0x7f0000001234)\n"

extern const struct trace named, unnamed; /* INNER and BARE */
extern const struct thread_name main_thread, worker;
extern const struct text_style style;

/* At a live block of 24 bytes at 0x1000, by malloc of the named stack in the main thread. */
struct told_error error_of(enum finding_kind kind, enum finding_detected detected);

/* Fails the test if the error's text is another. */
void expect(const struct told_error *error, const char *text);

#endif
