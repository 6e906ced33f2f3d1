#include "report/text_damage.h"

#include "report/text_window.h"
#include "report/words.h"

enum { DUMP_ROW = 16 };

static const char *deed(enum finding_access access)
{
    static const char *const words[] = {
        [ACCESS_UNKNOWN] = "Done", [ACCESS_READ] = "Read", [ACCESS_WRITE] = "Written"};
    return words[access];
}

static void access_seen(struct strbuf *out, const struct text_style *style,
                        const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    char room[ERROR_PHRASE_MOST + 16];
    struct strbuf label;
    strbuf_init(&label, room, sizeof room);
    strbuf_printf(&label, "%s%s%s", deed(finding->access), finding->call ? " in " : "",
                  finding->call ? finding->call : "");
    text_section(out, style, room, &error->access_thread, &error->access);
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
            text_section_with(out, style,
                              resize ? "Found later, when resized" : "Found later, when released",
                              api_name(finding->function), &error->free_thread, &error->release);
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
        text_section_with(out, style, "Seen in a call",
                          finding->call ? finding->call : api_name(finding->function),
                          &error->access_thread, &error->access);
        break;
    case DETECTED_GUARD:
        access_seen(out, style, error);
        strbuf_str(out, finding->watched ? "  Seen by a hardware watchpoint on the canary.\n" : "");
        break;
    case DETECTED_SWEEP:
        text_window(out, style, error);
        break;
    }
}

/* A function of the C library need not come upon the first bad byte first. */
static void damage_offset(struct strbuf *out, const struct finding *finding, bool inside)
{
    bool stopped = finding->detected == DETECTED_GUARD && finding->call && !finding->watched &&
                   !finding->has_stopped;
    strbuf_printf(out, " %s%s at offset %td", stopped ? finding->call : "First bad byte",
                  stopped ? " was stopped" : "", finding->offset);
    if (!inside) {
        strbuf_str(out, ", ");
        words_place(out, finding->offset, finding->block.size_bytes, "");
    }
    if (finding->offset_spread > 0) {
        strbuf_str(out, ", or up to ");
        words_bytes(out, finding->offset_spread);
        strbuf_str(out, " further on: it reads many at once");
    }
    if (finding->has_stopped && finding->stopped_offset != finding->offset) {
        strbuf_printf(out, "; %s was stopped at offset %td",
                      finding->call ? finding->call : "the instruction", finding->stopped_offset);
    }
    strbuf_char(out, '.');
}

static void damage_place(struct strbuf *out, const struct finding *finding)
{
    const struct block_info *block = &finding->block;
    static const char *const verbs[] = {
        [ACCESS_UNKNOWN] = "accessed", [ACCESS_READ] = "read", [ACCESS_WRITE] = "written"};
    strbuf_str(out, "  ");
    if (finding->bad_bytes > 0) {
        words_bytes(out, finding->bad_bytes);
    } else {
        strbuf_str(out, "Memory");
    }
    strbuf_char(out, ' ');
    bool inside = finding->offset >= 0 && (size_t)finding->offset < block->size_bytes;
    strbuf_printf(out, "%s %s %s %zu-byte block%s.", verbs[finding->access],
                  finding->offset < 0              ? "before the start of"
                  : !inside                        ? "past the end of"
                  : finding->access == ACCESS_READ ? "from"
                                                   : "into",
                  word_article(block->size_bytes), block->size_bytes,
                  finding->kind == FINDING_USE_AFTER_FREE ? " after it was freed" : "");
    if (finding->has_offset) {
        damage_offset(out, finding, inside);
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
    text_label(out, style, "Damaged bytes");
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
        out, "  The damage lies between two blocks; either may have been overrun. The other is ");
    words_a_block(out, other);
    strbuf_printf(out, " at 0x%lx.\n", (unsigned long)other->address);
    const struct thread_name unknown = {0};
    text_section_with(out, style, "The other was allocated", api_name(other->via), &unknown,
                      &error->neighbour_alloc);
}

void text_damage(struct strbuf *out, const struct text_style *style, const struct told_error *error)
{
    damage_place(out, &error->finding);
    damage_dump(out, style, error);
    damage_seen(out, style, error);
    if (error->finding.block.state == BLOCK_FREED) {
        text_release(out, style, "Freed", error);
    }
    text_allocation(out, style, error);
    if (error->finding.has_neighbour) {
        neighbour(out, style, error);
    }
}
