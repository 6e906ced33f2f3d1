#include "report/text_line.h"

#include "report/words.h"

static const char *function_of(const struct finding *finding)
{
    return finding->call ? finding->call : api_name(finding->function);
}

/* "24-byte block at 0x…" */
static void block(struct strbuf *out, const struct finding *finding)
{
    words_block(out, &finding->block);
    strbuf_printf(out, " at 0x%lx", (unsigned long)finding->block.address);
}

static void damage(struct strbuf *out, const struct finding *finding)
{
    static const char *const verbs[] = {
        [ACCESS_UNKNOWN] = "accessed", [ACCESS_READ] = "read", [ACCESS_WRITE] = "written"};
    if (finding->bad_bytes > 0) {
        words_bytes(out, finding->bad_bytes);
        strbuf_char(out, ' ');
    }
    strbuf_printf(out, "%s ", verbs[finding->access]);
    words_place(out, finding->offset, finding->block.size_bytes, " of");
    strbuf_str(out, " the ");
    block(out, finding);
    strbuf_printf(out, ", offset %td", finding->offset);
    if (finding->offset_spread > 0) {
        strbuf_printf(out, " or up to %zu further on", finding->offset_spread);
    }
    if (finding->has_stopped && finding->stopped_offset != finding->offset) {
        strbuf_printf(out, ", stopped at offset %td", finding->stopped_offset);
    }
}

static void found(struct strbuf *out, const struct finding *finding)
{
    switch (finding->detected) {
    case DETECTED_FREE:
    case DETECTED_REALLOC:
        strbuf_printf(out, ", found by %s", function_of(finding));
        break;
    case DETECTED_CALL:
        strbuf_printf(out, ", by %s", function_of(finding));
        break;
    case DETECTED_REUSE:
        strbuf_str(out, ", found when its memory was to be used again");
        break;
    case DETECTED_EXIT:
        strbuf_str(out, ", found at exit");
        break;
    case DETECTED_API:
    case DETECTED_SWEEP:
        strbuf_str(out, ", found by a check");
        break;
    case DETECTED_GUARD:
        strbuf_printf(out, "%s%s", finding->call ? ", in " : "",
                      finding->call ? finding->call : "");
        break;
    }
}

static void invalid_free(struct strbuf *out, const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    strbuf_printf(out, "%s of 0x%lx, ", function_of(finding), (unsigned long)finding->pointer);
    if (finding->has_block) {
        words_place(out, finding->offset, finding->block.size_bytes, " of");
        strbuf_str(out, " the ");
        block(out, finding);
    } else {
        strbuf_printf(out, "no heap block%s%s", error->place[0] ? ": " : "", error->place);
    }
}

static void mismatch(struct strbuf *out, const struct finding *finding)
{
    strbuf_printf(out, "%s of the ", function_of(finding));
    block(out, finding);
    strbuf_printf(out, ", which %s made", api_name(finding->block.via));
    if (finding->has_given_size && finding->given_size != finding->block.size_bytes) {
        strbuf_str(out, ", as one of ");
        words_bytes(out, finding->given_size);
    }
    if (finding->has_given_alignment) {
        strbuf_printf(out, ", as one aligned to %zu", finding->given_alignment);
    }
}

static void request(struct strbuf *out, const struct finding *finding)
{
    strbuf_printf(out, "%s of ", function_of(finding));
    if (finding->has_given_count) {
        strbuf_printf(out, "%zu times ", finding->given_count);
    }
    words_bytes(out, finding->given_size);
    if (finding->has_given_alignment) {
        strbuf_printf(out, ", aligned to %zu", finding->given_alignment);
    }
}

static void what(struct strbuf *out, const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    switch (finding->kind) {
    case FINDING_DOUBLE_FREE:
        strbuf_printf(out, "%s of the ", function_of(finding));
        block(out, finding);
        break;
    case FINDING_INVALID_FREE:
        invalid_free(out, error);
        break;
    case FINDING_MISMATCH:
        mismatch(out, finding);
        break;
    case FINDING_INVALID_ALIGNMENT:
    case FINDING_INVALID_SIZE:
        request(out, finding);
        break;
    default:
        damage(out, finding);
        found(out, finding);
        break;
    }
}

/* The call that found it, or the access itself. */
static void caller(struct strbuf *out, const struct told_error *error)
{
    const struct trace *stack = error->access.count > 0 ? &error->access : &error->release;
    bool is_access = error->finding.detected == DETECTED_GUARD;
    if (stack->count > 0) {
        const struct frame *frame = &stack->frames[0];
        strbuf_str(out, is_access ? ", at " : ", called from ");
        words_safe(out, frame->module ? frame->module : "");
        strbuf_printf(out, "%s0x%lx", frame->module ? "+" : "", (unsigned long)frame->offset);
    }
}

void text_line(struct strbuf *out, const struct text_style *style, const struct told_error *error)
{
    char room[64];
    struct strbuf kind;
    strbuf_init(&kind, room, sizeof room);
    strbuf_printf(&kind, "ERROR: %s", word_kind(error->finding.kind));
    strbuf_printf(out, "==%d== coalmine: ", style->pid);
    text_alarm(out, style, room);
    strbuf_str(out, ": ");
    what(out, error);
    caller(out, error);
    strbuf_char(out, '\n');
}
