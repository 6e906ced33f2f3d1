#include "report/site_text.h"

#include "report/words.h"

/* A call that was inlined is at its caller's address, and no frame of its own. */
static bool is_frame(const struct frame *frame)
{
    return !frame->inlined;
}

bool site_of_trace(const struct trace *trace, struct site_line *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < trace->count && out->count < SITE_FRAMES; i++) {
        const struct frame *frame = &trace->frames[i];
        if (!frame->module) {
            break;
        }
        if (is_frame(frame)) {
            uint64_t module =
                site_module_hash(frame->build_id, frame->build_id_length, frame->module);
            out->frames[out->count++] = (struct site_frame){module, frame->offset};
        }
    }
    return out->count > 0;
}

bool site_is_same(const struct site_line *one, const struct site_line *other)
{
    bool same = one->count == other->count;
    for (unsigned i = 0; same && i < one->count; i++) {
        same = one->frames[i].module == other->frames[i].module &&
               one->frames[i].offset == other->frames[i].offset;
    }
    return same;
}

void site_suggest(const struct told_error *error, struct site_line *out)
{
    const struct finding *finding = &error->finding;
    out->side = finding->kind == FINDING_UNDERFLOW ? SITE_BEFORE : SITE_AFTER;
    out->watch = SITE_WATCH_NONE;
    out->block = error->block_number;
    if (!finding->has_offset) {
        return;
    }
    if (finding->kind == FINDING_OVERFLOW) {
        out->watch = SITE_WATCH_END;
        out->watch_offset = finding->offset - (int64_t)finding->block.size_bytes;
    } else if (finding->kind == FINDING_UNDERFLOW) {
        out->watch = SITE_WATCH_START;
        /* the byte nearest to the block: a run of them ends there */
        out->watch_offset = finding->offset + (int64_t)finding->bad_bytes - 1;
    }
}

static void comment(struct strbuf *out, const struct told_error *error, const struct trace *trace)
{
    strbuf_printf(out, "# %s, found by ", word_kind(error->finding.kind));
    strbuf_printf(out, "%s; allocated in", word_detected(error->finding.detected));
    for (uint32_t i = 0; i < trace->count && i < SITE_FRAMES; i++) {
        const struct frame *frame = &trace->frames[i];
        strbuf_str(out, i == 0 ? " " : " < ");
        words_safe(out, frame->function ? frame->function
                        : frame->module ? words_base_name(frame->module)
                                        : "?");
        if (frame->file) {
            strbuf_str(out, " (");
            words_safe(out, words_base_name(frame->file));
            strbuf_printf(out, ":%u)", frame->line);
        }
    }
    strbuf_char(out, '\n');
}

void site_text(struct strbuf *out, const struct told_error *error, const struct trace *trace,
               const struct site_line *line)
{
    comment(out, error, trace);
    site_line_begin(out, line);
    unsigned written = 0;
    for (uint32_t i = 0; i < trace->count && written < line->count; i++) {
        const struct frame *frame = &trace->frames[i];
        if (is_frame(frame)) {
            site_line_frame(out, written == 0, frame->build_id, frame->build_id_length,
                            frame->module, frame->offset);
            written++;
        }
    }
    strbuf_char(out, '\n');
}
