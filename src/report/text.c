#include "report/text.h"

#include "alloc/family.h"
#include "report/suppressed.h"
#include "report/trace.h"
#include "report/words.h"

enum { DUMP_ROW = 16 };

static const char alarm_color[] = "\033[1;31m", label_color[] = "\033[1m",
                  plain_color[] = "\033[0m";

static void colored(struct strbuf *out, const struct text_style *style, const char *color,
                    const char *text)
{
    strbuf_str(out, style->color ? color : "");
    strbuf_str(out, text);
    strbuf_str(out, style->color ? plain_color : "");
}

void text_alarm(struct strbuf *out, const struct text_style *style, const char *words)
{
    colored(out, style, alarm_color, words);
}

static void headline(struct strbuf *out, const struct text_style *style, const char *kind)
{
    strbuf_printf(out, "==%d== coalmine: %sERROR: %s", style->pid, style->color ? alarm_color : "",
                  kind);
    strbuf_str(out, style->color ? plain_color : "");
}

void text_section(struct strbuf *out, const struct text_style *style, const char *label,
                  const struct thread_name *thread, const struct trace *trace)
{
    strbuf_str(out, "  ");
    colored(out, style, label_color, label);
    if (thread->tid > 0) {
        strbuf_printf(out, " by thread %d", thread->tid);
        if (thread->name[0]) {
            strbuf_str(out, " (");
            words_safe(out, thread->name);
            strbuf_char(out, ')');
        }
    }
    strbuf_str(out, trace->count > 0 ? " at:\n" : ".\n");
    trace_text(out, trace);
}

static void section_with(struct strbuf *out, const struct text_style *style, const char *verb,
                         enum api function, const struct thread_name *thread,
                         const struct trace *trace)
{
    char room[96];
    struct strbuf label;
    strbuf_init(&label, room, sizeof room);
    strbuf_printf(&label, "%s with %s", verb, api_name(function));
    text_section(out, style, room, thread, trace);
}

static void allocation(struct strbuf *out, const struct text_style *style,
                       const struct told_error *error)
{
    section_with(out, style, "Allocated", error->finding.block.via, &error->alloc_thread,
                 &error->alloc);
}

/* The earlier release, where anything is known of it. */
static void release(struct strbuf *out, const struct text_style *style, const char *label,
                    const struct told_error *error)
{
    if (error->release.count > 0 || error->free_thread.tid > 0) {
        text_section(out, style, label, &error->free_thread, &error->release);
    }
}

/* How the damage came to light; the release or resize that did it has its stack here. */
static void damage_seen(struct strbuf *out, const struct text_style *style,
                        const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    bool own_call = finding->block.state != BLOCK_FREED && error->free_thread.tid > 0;
    switch (finding->detected) {
    case DETECTED_FREE:
    case DETECTED_REALLOC:
        if (own_call) {
            bool resize = finding->detected == DETECTED_REALLOC;
            section_with(out, style,
                         resize ? "Found later, when resized" : "Found later, when released",
                         finding->function, &error->free_thread, &error->release);
        } else {
            strbuf_str(out, "  Found later, when a neighbouring block was released or resized.\n");
        }
        break;
    case DETECTED_REUSE:
        strbuf_str(out, "  Found later, when its memory was about to be used again.\n");
        break;
    case DETECTED_EXIT:
        strbuf_printf(out, "  Found at exit%s.\n",
                      finding->block.state == BLOCK_FREED ? "" : "; the block was never released");
        break;
    case DETECTED_API:
        strbuf_str(out, "  Found by a check that was asked for.\n");
        break;
    case DETECTED_CALL:
        section_with(out, style, "Seen in a call", finding->function, &error->access_thread,
                     &error->access);
        break;
    }
}

static void damage_place(struct strbuf *out, const struct finding *finding)
{
    const struct block_info *block = &finding->block;
    static const char *const verbs[] = {
        [ACCESS_UNKNOWN] = "accessed", [ACCESS_READ] = "read", [ACCESS_WRITE] = "written"};
    strbuf_str(out, "  ");
    if (finding->bad_bytes > 0) {
        words_bytes(out, finding->bad_bytes);
        strbuf_char(out, ' ');
    }
    bool inside = finding->offset >= 0 && (size_t)finding->offset < block->size_bytes;
    strbuf_printf(out, "%s %s a %zu-byte block%s.", verbs[finding->access],
                  finding->offset < 0 ? "before the start of"
                  : inside            ? "into"
                                      : "past the end of",
                  block->size_bytes,
                  finding->kind == FINDING_USE_AFTER_FREE ? " after it was freed" : "");
    if (finding->has_offset) {
        strbuf_printf(out, " First bad byte at offset %td", finding->offset);
        if (!inside) {
            strbuf_str(out, ", ");
            words_place(out, finding->offset, block->size_bytes, "");
        }
        strbuf_char(out, '.');
    }
    strbuf_char(out, '\n');
}

static void dump_row(struct strbuf *out, ptrdiff_t offset, const uint8_t *bytes, size_t count)
{
    strbuf_printf(out, "    %4td:", offset);
    for (size_t i = 0; i < DUMP_ROW; i++) {
        if (i < count) {
            strbuf_printf(out, " %02x", bytes[i]);
        } else {
            strbuf_str(out, "   ");
        }
    }
    strbuf_str(out, "  |");
    for (size_t i = 0; i < count; i++) {
        strbuf_char(out, bytes[i] >= ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '.');
    }
    strbuf_str(out, "|\n");
}

static void damage_dump(struct strbuf *out, const struct text_style *style,
                        const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    if (finding->damage_length == 0) {
        return;
    }
    strbuf_str(out, "  ");
    colored(out, style, label_color, "Damaged bytes");
    strbuf_printf(out, "%s%s%s", error->guess[0] ? " (looks like " : "", error->guess,
                  error->guess[0] ? ")" : "");
    if (finding->damage_length < finding->bad_bytes) {
        strbuf_printf(out, ", the first %zu of %zu", finding->damage_length, finding->bad_bytes);
    }
    strbuf_str(out, ":\n");
    for (size_t at = 0; at < finding->damage_length; at += DUMP_ROW) {
        size_t left = finding->damage_length - at;
        dump_row(out, finding->offset + (ptrdiff_t)at, finding->damage + at,
                 left < DUMP_ROW ? left : DUMP_ROW);
    }
}

static void neighbour(struct strbuf *out, const struct text_style *style,
                      const struct told_error *error)
{
    const struct block_info *other = &error->finding.neighbour;
    strbuf_str(
        out, "  The damage lies between two blocks; either may have been overrun. The other is a ");
    words_block(out, other);
    strbuf_printf(out, " at 0x%lx.\n", (unsigned long)other->address);
    const struct thread_name unknown = {0};
    section_with(out, style, "The other was allocated", other->via, &unknown,
                 &error->neighbour_alloc);
}

static void damage(struct strbuf *out, const struct text_style *style,
                   const struct told_error *error)
{
    damage_place(out, &error->finding);
    damage_dump(out, style, error);
    damage_seen(out, style, error);
    if (error->finding.block.state == BLOCK_FREED) {
        release(out, style, "Freed", error);
    }
    allocation(out, style, error);
    if (error->finding.has_neighbour) {
        neighbour(out, style, error);
    }
}

static void double_free(struct strbuf *out, const struct text_style *style,
                        const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    bool resize = finding->function == API_REALLOC || finding->function == API_REALLOCARRAY;
    strbuf_printf(out, "  %s was called on a %zu-byte block that had already been freed.\n",
                  api_name(finding->function), finding->block.size_bytes);
    text_section(out, style, resize ? "Passed to realloc" : "Freed again", &error->access_thread,
                 &error->access);
    release(out, style, "First freed", error);
    allocation(out, style, error);
}

static void invalid_free(struct strbuf *out, const struct text_style *style,
                         const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    strbuf_printf(out, "  %s was called with ", api_name(finding->function));
    if (finding->has_block) {
        strbuf_str(out, "an address ");
        words_place(out, finding->offset, finding->block.size_bytes, " of");
        strbuf_str(out, " a ");
        words_block(out, &finding->block);
        strbuf_printf(out, " at 0x%lx; only its start can be released.\n",
                      (unsigned long)finding->block.address);
    } else {
        strbuf_printf(out, "0x%lx, which is no heap block", (unsigned long)finding->pointer);
        strbuf_printf(out, "%s%s.\n", error->place[0] ? ": it is " : "", error->place);
    }
    text_section(out, style, "Called", &error->access_thread, &error->access);
    if (finding->has_block) {
        release(out, style, "Freed", error);
        allocation(out, style, error);
    }
}

static void mismatch(struct strbuf *out, const struct text_style *style,
                     const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    const struct block_info *block = &finding->block;
    const char *function = api_name(finding->function), *right = word_right_release(block->via);
    if (api_family(block->via) != api_family(finding->function)) {
        strbuf_printf(out, "  A %zu-byte block allocated by %s was released by %s; it needs %s.\n",
                      block->size_bytes, api_name(block->via), function, right);
    } else if (finding->has_given_size && finding->given_size != block->size_bytes) {
        strbuf_printf(out, "  %s was told a size of %zu for a %zu-byte block.\n", function,
                      finding->given_size, block->size_bytes);
    } else if (finding->has_given_alignment) {
        strbuf_printf(
            out, "  %s was told an alignment of %zu for a block allocated with alignment %zu.\n",
            function, finding->given_alignment, block->alignment_bytes);
    } else {
        strbuf_printf(out,
                      "  %s was not told the alignment of a block allocated with alignment %zu.\n",
                      function, block->alignment_bytes);
    }
    text_section(out, style, "Released", &error->access_thread, &error->access);
    allocation(out, style, error);
}

static void invalid_alignment(struct strbuf *out, const struct text_style *style,
                              const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    size_t given = finding->given_alignment;
    strbuf_printf(out, "  %s was asked for an alignment of %zu, ", api_name(finding->function),
                  given);
    bool power = given != 0 && (given & (given - 1)) == 0;
    strbuf_str(out, power ? "which it does not allow.\n" : "which is no power of two.\n");
    text_section(out, style, "Called", &error->access_thread, &error->access);
}

/* A size or count, and the negative number that it would be. */
static void suspect(struct strbuf *out, size_t number)
{
    strbuf_printf(out, "%zu", number);
    if (number > PTRDIFF_MAX) {
        strbuf_printf(out, " (%td as a signed number)", (ptrdiff_t)number);
    }
}

static void invalid_size(struct strbuf *out, const struct text_style *style,
                         const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    strbuf_printf(out, "  %s was asked for ", api_name(finding->function));
    if (finding->has_given_count) {
        suspect(out, finding->given_count);
        strbuf_str(out, " times ");
        suspect(out, finding->given_size);
        strbuf_str(out, " bytes: more than a size can say, or any block can be.\n");
    } else {
        suspect(out, finding->given_size);
        strbuf_str(out, " bytes: more than any block can be.\n");
    }
    text_section(out, style, "Called", &error->access_thread, &error->access);
}

void text_error(struct strbuf *out, const struct text_style *style, const struct told_error *error)
{
    static void (*const bodies[])(struct strbuf *, const struct text_style *,
                                  const struct told_error *) = {
        [FINDING_OVERFLOW] = damage,
        [FINDING_UNDERFLOW] = damage,
        [FINDING_USE_AFTER_FREE] = damage,
        [FINDING_DOUBLE_FREE] = double_free,
        [FINDING_INVALID_FREE] = invalid_free,
        [FINDING_MISMATCH] = mismatch,
        [FINDING_INVALID_ALIGNMENT] = invalid_alignment,
        [FINDING_INVALID_SIZE] = invalid_size,
    };
    const struct finding *finding = &error->finding;
    headline(out, style, word_kind(finding->kind));
    uintptr_t address = finding->pointer;
    if (finding->kind <= FINDING_USE_AFTER_FREE) {
        address = finding->block.address + (uintptr_t)finding->offset;
    }
    if (finding->kind >= FINDING_INVALID_ALIGNMENT) {
        strbuf_printf(out, " in %s\n", api_name(finding->function));
    } else {
        strbuf_printf(out, " on address 0x%lx\n", (unsigned long)address);
    }
    bodies[finding->kind](out, style, error);
    strbuf_char(out, '\n');
}

/* What the kind means for the group, up to the word on where it is. */
static void leak_meaning(struct strbuf *out, const struct leak_group *group)
{
    static const char *const one[] = {
        [LEAK_DEFINITE] = "Nothing points to the block any more: it is",
        [LEAK_INDIRECT] = "Only other leaked blocks point to the block: it is",
        [LEAK_POSSIBLE] = "Pointers into the block are left, but none to its start: it is",
        [LEAK_REACHABLE] = "A pointer to the block is left, but it was never released: it is",
    };
    static const char *const many[] = {
        [LEAK_DEFINITE] = "Nothing points to these blocks any more; the first is",
        [LEAK_INDIRECT] = "Only other leaked blocks point to these; the first is",
        [LEAK_POSSIBLE] =
            "Pointers into these blocks are left, but none to their starts; the first is",
        [LEAK_REACHABLE] = "Pointers to these blocks are left, but none was released; the first is",
    };
    const char *const *meanings = group->blocks == 1 ? one : many;
    strbuf_printf(out, "  %s at 0x%lx.\n", meanings[group->kind], (unsigned long)group->example);
}

static void leak_size(struct strbuf *out, const struct leak_group *group)
{
    words_bytes(out, group->bytes);
    strbuf_str(out, " in ");
    words_count(out, group->blocks, "block");
    if (group->indirect_blocks > 0) {
        strbuf_str(out, ", and ");
        words_bytes(out, group->indirect_bytes);
        strbuf_str(out, " in ");
        words_count(out, group->indirect_blocks, "block");
        strbuf_str(out,
                   group->blocks == 1 ? " reachable only from it" : " reachable only from them");
    }
    strbuf_char(out, '\n');
}

void text_leak(struct strbuf *out, const struct text_style *style, const struct told_leak *leak)
{
    headline(out, style, "leak");
    strbuf_printf(out, ": %s: ", word_leak_kind(leak->group.kind));
    leak_size(out, &leak->group);
    leak_meaning(out, &leak->group);
    if (leak->match) {
        strbuf_str(out, "  Suppressed by ");
        suppressed_name(out, leak->match);
        strbuf_str(out, " only up to its budget: ");
        suppressed_budget(out, leak->match);
        strbuf_str(out, ".\n");
    }
    const struct thread_name unknown = {0};
    if (leak->stack.count > 0 && leak->via != API_COUNT) {
        section_with(out, style, "Allocated", leak->via, &unknown, &leak->stack);
    } else if (leak->stack.count > 0) {
        text_section(out, style, "Allocated", &unknown, &leak->stack);
    }
    strbuf_char(out, '\n');
}
