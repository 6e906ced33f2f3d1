#include "tool/diff_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "report/words.h"

struct writing {
    FILE *out;
    const struct series_list *list;
    const struct diff_file *files;
    const struct diff_style *style;
};

static void safe(FILE *out, const char *text)
{
    char room[4096];
    struct strbuf buf;
    strbuf_init(&buf, room, sizeof room);
    words_safe(&buf, text);
    fputs(room, out);
}

static void bytes_in_blocks(FILE *out, uint64_t bytes, uint64_t blocks)
{
    char room[128];
    struct strbuf buf;
    strbuf_init(&buf, room, sizeof room);
    words_bytes(&buf, bytes);
    strbuf_str(&buf, " in ");
    words_count(&buf, blocks, "block");
    fputs(room, out);
}

static void frame(FILE *out, size_t number, const struct diff_frame *frame)
{
    fprintf(out, "    #%zu ", number);
    if (frame->function) {
        safe(out, frame->function);
        fputc(' ', out);
    }
    if (frame->file) {
        safe(out, frame->file);
        if (frame->line > 0) {
            fprintf(out, ":%u", frame->line);
        }
        fputc(' ', out);
    }
    fputc('(', out);
    if (frame->module) {
        safe(out, frame->function ? words_base_name(frame->module) : frame->module);
        fputc('+', out);
    }
    fprintf(out, "0x%" PRIx64 ")\n", frame->offset);
}

/* Down to main, as in the reports. */
static void stack(const struct writing *writing, const struct diff_entry *entry)
{
    const struct diff_stack *stack = &entry->stacks[0];
    for (size_t k = 1; k < DIFF_STACKS && stack->count == 0; k++) {
        stack = &entry->stacks[k];
    }
    if (stack->count == 0) {
        fputs("    (no stack is known)\n", writing->out);
    }
    for (size_t i = 0; i < stack->count; i++) {
        if (i == writing->style->depth) {
            fprintf(writing->out, "    … %zu more (--depth)\n", stack->count - i);
            break;
        }
        frame(writing->out, i, &stack->frames[i]);
        if (stack->frames[i].function && strcmp(stack->frames[i].function, "main") == 0) {
            break;
        }
    }
}

static void ages(const struct writing *writing, const struct diff_entry *entry)
{
    if (entry->age_count == 0 || (entry->age_count == 1 && entry->ages[0].generation == 0)) {
        return;
    }
    for (size_t i = 0; i < entry->age_count; i++) {
        const struct diff_age *age = &entry->ages[i];
        fputs("  ", writing->out);
        bytes_in_blocks(writing->out, age->bytes, age->blocks);
        if (age->generation == 0) {
            fputs(" from before the first mark\n", writing->out);
        } else {
            fprintf(writing->out, " since mark %" PRIu64 "\n", age->generation);
        }
    }
}

/* "leak (definite)", "heap-buffer-overflow"; nothing for live memory */
static void label(const struct writing *writing, const struct diff_entry *entry)
{
    if (entry->kind != DIFF_LIVE) {
        fputs(entry->kind == DIFF_LEAK ? "leak, " : "", writing->out);
        safe(writing->out, entry->label);
        fputs(": ", writing->out);
    }
}

static void numbers(const struct writing *writing, const struct series *series)
{
    size_t files = writing->list->files;
    if (series->latest->kind == DIFF_ERROR) {
        fprintf(writing->out, "%+" PRId64 " (%" PRIu64 " -> %" PRIu64 " times)\n",
                series_blocks_gained(series, files), series->blocks[0], series->blocks[files - 1]);
        return;
    }
    fprintf(writing->out,
            "%+" PRId64 " bytes, %+" PRId64 " blocks (%" PRIu64 " bytes in %" PRIu64 " -> %" PRIu64
            " bytes in %" PRIu64 ")\n",
            series_bytes_gained(series, files), series_blocks_gained(series, files),
            series->bytes[0], series->blocks[0], series->bytes[files - 1],
            series->blocks[files - 1]);
}

static void one_change(const struct writing *writing, const struct series *series)
{
    static const char *const words[] = {
        [CHANGE_APPEARED] = "appeared", [CHANGE_GREW] = "grew", [CHANGE_SHRANK] = "shrank",
        [CHANGE_WENT] = "went away",    [CHANGE_NONE] = "",
    };
    fprintf(writing->out, "%s: ", words[series->change]);
    label(writing, series->latest);
    numbers(writing, series);
    ages(writing, series->latest);
    stack(writing, series->latest);
    fputc('\n', writing->out);
}

static void rate(FILE *out, double bytes)
{
    if (bytes < 10) {
        fprintf(out, "%.2g bytes", bytes);
        return;
    }
    char room[64];
    struct strbuf buf;
    strbuf_init(&buf, room, sizeof room);
    words_amount(&buf, (uint64_t)(bytes + 0.5));
    fputs(room, out);
}

static void one_trend(const struct writing *writing, const struct series *series)
{
    fputs("grows steadily: ", writing->out);
    label(writing, series->latest);
    if (series->per_second > 0) {
        rate(writing->out, series->per_second);
        fputs("/s, ", writing->out);
    }
    rate(writing->out, series->per_interval);
    fputs(" per interval\n  bytes:", writing->out);
    for (size_t i = 0; i < writing->list->files; i++) {
        fprintf(writing->out, " %" PRIu64, series->bytes[i]);
    }
    fputs("\n  blocks:", writing->out);
    for (size_t i = 0; i < writing->list->files; i++) {
        fprintf(writing->out, " %" PRIu64, series->blocks[i]);
    }
    fputc('\n', writing->out);
    ages(writing, series->latest);
    stack(writing, series->latest);
    fputc('\n', writing->out);
}

enum part { PART_STEADY, PART_MORE, PART_LESS, PARTS, PART_NONE };

static enum part part_of(const struct series *series, size_t files)
{
    if (series->is_steady && files > 2) {
        return PART_STEADY;
    }
    switch (series->change) {
    case CHANGE_APPEARED:
    case CHANGE_GREW:
        return PART_MORE;
    case CHANGE_SHRANK:
    case CHANGE_WENT:
        return PART_LESS;
    default:
        return PART_NONE;
    }
}

/* Returns how many series the part has. */
static size_t write_part(const struct writing *writing, enum part part)
{
    size_t shown = 0;
    for (size_t i = 0; i < writing->list->count; i++) {
        const struct series *series = &writing->list->series[i];
        if (part_of(series, writing->list->files) != part || shown++ >= writing->style->top) {
            continue;
        }
        (part == PART_STEADY ? one_trend : one_change)(writing, series);
    }
    if (shown > writing->style->top) {
        static const char *const words[] = {"steady growth", "what appeared or grew",
                                            "what shrank or went away"};
        fprintf(writing->out, "… and %zu more of %s (--top)\n\n", shown - writing->style->top,
                words[part]);
    }
    return shown;
}

static void total(const struct writing *writing, const struct diff_file *file)
{
    uint64_t bytes = 0, blocks = 0, errors = 0;
    for (size_t i = 0; i < file->count; i++) {
        bool is_error = file->entries[i].kind == DIFF_ERROR;
        errors += is_error ? file->entries[i].blocks : 0;
        blocks += is_error ? 0 : file->entries[i].blocks;
        bytes += file->entries[i].bytes;
    }
    safe(writing->out, file->path);
    fputs(": ", writing->out);
    bytes_in_blocks(writing->out, bytes, blocks);
    fprintf(writing->out, file->is_snapshot ? " live" : " leaked, errors: %" PRIu64, errors);
    if (*file->time) {
        fputs(", ", writing->out);
        safe(writing->out, file->time);
    }
    fputc('\n', writing->out);
}

void diff_text(FILE *out, const struct series_list *list, const struct diff_file *files,
               const struct diff_style *style)
{
    const struct writing writing = {out, list, files, style};
    for (size_t i = 0; i < list->files; i++) {
        total(&writing, &files[i]);
    }
    fputc('\n', out);
    size_t counts[PARTS];
    for (enum part part = PART_STEADY; part < PARTS; part++) {
        counts[part] = write_part(&writing, part);
    }
    if (list->files > 2) {
        fprintf(out,
                "stacks that grow steadily: %zu; others that appeared or grew: %zu, shrank or "
                "went away: %zu\n",
                counts[PART_STEADY], counts[PART_MORE], counts[PART_LESS]);
    } else {
        fprintf(out, "stacks that appeared or grew: %zu, shrank or went away: %zu\n",
                counts[PART_MORE], counts[PART_LESS]);
    }
}
