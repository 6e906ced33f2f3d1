/* Stacks with names: from a stack's id to the lines that a report shows. All under LOCK_REPORT. */
#ifndef REPORT_TRACE_H
#define REPORT_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "report/model.h"

/* Notes that the names of this stack will be needed: symbols_fetch() gets them. */
void trace_want(uint32_t stack);

enum { TRACE_SPARE_FRAMES = 24 };

/* In own memory; without any, as much as fits in `spare` (NULL: then nothing). */
struct trace trace_build(uint32_t stack, struct frame spare[TRACE_SPARE_FRAMES]);
void trace_free(struct trace *trace, const struct frame spare[TRACE_SPARE_FRAMES]);

/* The same of one program counter, as in a stack_view, in a module that is loaded now. Its line is
 * the function's own: of inlined calls the one they were inlined into. False: nothing is known. */
void trace_want_frame(uintptr_t frame);
MUST_USE bool trace_own_line(uintptr_t frame, struct frame *out);

/* Says that our code is in a module of its own, and not in the program's. Of calls within it traces
 * show the outermost only, by the name of what the program called. Before the first trace. */
void trace_own_is_apart(void);

/* "function file:line (module+0xoffset)": what is known of it. */
void trace_frame_text(struct strbuf *out, const struct frame *frame);

/* Lines "    #N function file:line (module+0xoffset)", down to main. */
void trace_text(struct strbuf *out, const struct trace *trace);

#endif
