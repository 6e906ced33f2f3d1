/* The JSON report of one process: one document, in three parts, from the model. Pure. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "base/strbuf.h"
#include "options/options.h"
#include "report/json.h"
#include "report/model.h"

void document_start(struct strbuf *out, const struct told_run *run, const struct options *options);
void document_error(struct strbuf *out, const struct told_error *error, bool is_first);
void document_end(struct strbuf *out, const struct told_run *run);

/* Parts of it, for other documents: who this is, and with which options; figures; a STACK, a frame
 * of one, a block, a thread. */
void document_header(struct json *json, const struct told_run *run, const struct options *options);
void document_heap(struct json *json, const struct heap_stats *heap);
void document_stack(struct json *json, const struct trace *trace);
void document_stack_at(struct json *json, const char *name, const struct trace *trace);
void document_block(struct json *json, const char *name, const struct block_info *block);
void document_thread(struct json *json, const char *name, const struct thread_name *thread);
void document_frame(struct json *json, const struct frame *frame);

#endif
