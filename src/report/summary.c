#include "report/death.h"
#include "report/suppressed.h"
#include "report/text.h"
#include "report/words.h"

static void start_line(struct strbuf *out, const struct text_style *style)
{
    strbuf_printf(out, "==%d== coalmine: ", style->pid);
}

static void bytes_in_blocks(struct strbuf *out, uint64_t bytes, uint64_t blocks)
{
    words_bytes(out, bytes);
    strbuf_str(out, " in ");
    words_count(out, blocks, "block");
}

/* Where a repeated error came from: the innermost line of the stack that tells most. */
static const struct frame *origin(const struct told_error *error)
{
    const struct trace *traces[] = {&error->access, &error->release, &error->alloc};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        if (traces[i]->count > 0) {
            return &traces[i]->frames[0];
        }
    }
    return NULL;
}

static void repeats(struct strbuf *out, const struct told_error *error)
{
    strbuf_str(out, "    ");
    words_count(out, error->count, "time");
    const struct frame *frame = origin(error);
    if (frame && frame->function) {
        strbuf_str(out, " from ");
        words_safe(out, frame->function);
        if (frame->file) {
            strbuf_char(out, ' ');
            words_safe(out, frame->file);
            strbuf_printf(out, ":%u", frame->line);
        }
    } else if (frame) {
        strbuf_str(out, " from ");
        words_safe(out, frame->module ? words_base_name(frame->module) : "");
        strbuf_printf(out, "+0x%lx", (unsigned long)frame->offset);
    }
    strbuf_str(out, ", shown once\n");
}

static void errors_by_kind(struct strbuf *out, const struct told_run *run)
{
    for (int kind = 0; kind < FINDING_KINDS; kind++) {
        if (run->kind_counts[kind] == 0) {
            continue;
        }
        strbuf_printf(out, "  %s: %lu\n", word_kind(kind), (unsigned long)run->kind_counts[kind]);
        for (const struct told_error *error = run->errors; error; error = error->next) {
            if ((int)error->finding.kind == kind && error->count > 1) {
                repeats(out, error);
            }
        }
    }
}

static bool leaks_known(const struct told_run *run)
{
    return run->leaks && !run->leaks->failed;
}

/* "  leaked: definite 48 bytes in 2 blocks, possible 9 bytes in 1 block"; no line for nothing. */
static void totals_by_kind(struct strbuf *out, const char *label, const struct leak_sum *totals)
{
    bool any = false;
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        if (totals[kind].blocks > 0) {
            strbuf_printf(out, "%s%s ", any ? ", " : label, word_leak_kind((enum leak_kind)kind));
            bytes_in_blocks(out, totals[kind].bytes, totals[kind].blocks);
            any = true;
        }
    }
    strbuf_str(out, any ? "\n" : "");
}

static void leaks_by_kind(struct strbuf *out, const struct told_run *run)
{
    if (leaks_known(run)) {
        totals_by_kind(out, "  leaked: ", run->leaks->of);
        totals_by_kind(out, "  not among leak_kinds: ", run->left_out);
    }
}

static void heap_figures(struct strbuf *out, const struct heap_stats *heap)
{
    words_count(out, heap->allocations, "allocation");
    strbuf_str(out, ", peak ");
    words_amount(out, heap->peak_bytes);
}

static void totals(struct strbuf *out, const struct told_run *run)
{
    if (run->error_count > 0) {
        words_count(out, run->error_count, "error");
    } else {
        strbuf_str(out, "no errors");
    }
    if (!leaks_known(run)) {
        strbuf_str(out, "; leaks were not looked for");
    } else if (run->leaks->blocks == 0) {
        strbuf_str(out, ", no leaks");
    } else {
        strbuf_str(out, ", ");
        bytes_in_blocks(out, run->leaks->bytes + run->leaks->indirect_bytes,
                        run->leaks->blocks + run->leaks->indirect_blocks);
        strbuf_str(out, " leaked");
    }
}

static void ending(struct strbuf *out, const struct told_run *run)
{
    if (run->death) {
        strbuf_str(out, "; ended by ");
        death_name(out, run->death->death.number);
        /* a value of our fill patterns was used: that no check saw it does not make it none */
        strbuf_str(out, run->error_count == 0 && run->death->hint[0]
                            ? ", and that is an error: see above"
                            : "");
    }
}

/* Which ways the blocks that were to have guard pages went. */
static void guards(struct strbuf *out, const struct heap_stats *heap)
{
    uint64_t by_madvise = heap->guarded - heap->guarded_by_mprotect;
    const struct {
        uint64_t blocks;
        const char *way;
    } ways[] = {
        {by_madvise, " by madvise"},
        {heap->guarded_by_mprotect, " by mprotect"},
        {heap->unguarded, " with canaries only"},
    };
    const char *before = "  guards: ";
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].blocks > 0) {
            strbuf_str(out, before);
            words_count(out, ways[i].blocks, "block");
            strbuf_str(out, ways[i].way);
            before = ", ";
        }
    }
    if (heap->guarded + heap->unguarded > 0) {
        strbuf_char(out, '\n');
    }
}

void text_summary(struct strbuf *out, const struct text_style *style, const struct told_run *run)
{
    start_line(out, style);
    strbuf_str(out, "SUMMARY: ");
    totals(out, run);
    ending(out, run);
    strbuf_char(out, '\n');
    errors_by_kind(out, run);
    leaks_by_kind(out, run);
    suppressed_text(out, run->suppressions);
    for (size_t i = 0; i < run->incomplete_count; i++) {
        strbuf_printf(out, "  incomplete: %s\n", run->incomplete[i]);
    }
    strbuf_str(out, "  heap: ");
    heap_figures(out, &run->heap);
    strbuf_str(out, ", ");
    words_count(out, run->heap.frees, "free");
    strbuf_printf(out, ", %lu still live (", (unsigned long)run->heap.live_blocks);
    words_amount(out, run->heap.live_bytes);
    strbuf_str(out, ")\n");
    guards(out, &run->heap);
}

void text_clean(struct strbuf *out, const struct text_style *style, const struct told_run *run)
{
    start_line(out, style);
    strbuf_str(out,
               leaks_known(run) ? "no errors, no leaks (" : "no errors (leaks not looked for; ");
    heap_figures(out, &run->heap);
    for (size_t i = 0; i < run->incomplete_count; i++) {
        strbuf_printf(out, "; incomplete: %s", run->incomplete[i]);
    }
    strbuf_char(out, ')');
    ending(out, run);
    strbuf_char(out, '\n');
}
