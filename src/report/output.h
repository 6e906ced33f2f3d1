/* Where reports go: standard error or a log file, and the JSON file. Files are opened by name for
 * each piece, so no descriptor of ours stands in the program's way and none is lost when it closes
 * all. All under LOCK_REPORT. */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/strbuf.h"

struct output_setup {
    const char *log, *json, *sites; /* patterns: %p process id, %e program name, %%; "" for none */
    const char *argv0;              /* names the program where /proc does not */
    bool forked;                    /* names without %p get ".PID" */
    unsigned image;                 /* programs this process has been, from 1: the Nth gets ".N" */
};

/* Relative names stand for the current directory of now. The strings must stay. */
void output_start(const struct output_setup *setup);

/* In a forked child: its files are its own from here on. */
void output_after_fork(void);

/* The path that a pattern stands for: its %p, %e and %% replaced, absolute. True if it has %p. */
bool output_expand(struct strbuf *out, const char *pattern);

/* The path of the program. */
const char *output_program(void);

/* A buffer for one piece of text; it goes out at close, in one write if it fits 64 KiB. */
struct strbuf *output_text_open(void);
void output_text_close(void);
bool output_text_is_file(void);

/* A buffer for a whole new JSON document, which takes the place of the one before at close. NULL
 * where none is wanted, where it cannot be written (said on standard error), or, before the `last`,
 * where the name stands for something that cannot be replaced, such as a pipe. */
MUST_USE struct strbuf *output_json_open(bool last);

/* Notes this place in the document that is being written: more may be put in here later on. */
void output_json_mark(void);

/* A buffer for what is to stand from the mark to the end of the document written last. NULL: not
 * possible. Of a mark set meanwhile, the place in the whole document counts. */
MUST_USE struct strbuf *output_json_resume(void);

/* False if it is not written. */
bool output_json_close(void);

#endif
