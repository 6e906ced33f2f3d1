#include "report/text.h"

#include "alloc/family.h"
#include "report/suppressed.h"
#include "report/text_damage.h"
#include "report/trace.h"
#include "report/words.h"

static const char alarm_color[] = "\033[1;31m", label_color[] = "\033[1m",
                  plain_color[] = "\033[0m";

static void colored(struct strbuf *out, const struct text_style *style, const char *color,
                    const char *text)
{
    strbuf_str(out, style->color ? color : "");
    strbuf_str(out, text);
    strbuf_str(out, style->color ? plain_color : "");
}

void text_label(struct strbuf *out, const struct text_style *style, const char *words)
{
    colored(out, style, label_color, words);
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
    text_label(out, style, label);
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

void text_section_with(struct strbuf *out, const struct text_style *style, const char *verb,
                       const char *function, const struct thread_name *thread,
                       const struct trace *trace)
{
    char room[96];
    struct strbuf label;
    strbuf_init(&label, room, sizeof room);
    strbuf_printf(&label, "%s with %s", verb, function);
    text_section(out, style, room, thread, trace);
}

void text_allocation(struct strbuf *out, const struct text_style *style,
                     const struct told_error *error)
{
    text_section_with(out, style, "Allocated", api_name(error->finding.block.via),
                      &error->alloc_thread, &error->alloc);
}

void text_release(struct strbuf *out, const struct text_style *style, const char *label,
                  const struct told_error *error)
{
    if (error->release.count > 0 || error->free_thread.tid > 0) {
        text_section(out, style, label, &error->free_thread, &error->release);
    }
}

static void double_free(struct strbuf *out, const struct text_style *style,
                        const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    bool resize = finding->function == API_REALLOC || finding->function == API_REALLOCARRAY;
    strbuf_printf(out, "  %s was called on %s %zu-byte block that had already been freed.\n",
                  api_name(finding->function), word_article(finding->block.size_bytes),
                  finding->block.size_bytes);
    text_section(out, style, resize ? "Passed to realloc" : "Freed again", &error->access_thread,
                 &error->access);
    text_release(out, style, "First freed", error);
    text_allocation(out, style, error);
}

/* Itanium C++ ABI, 2.7: new[] of a class with a destructor keeps the number of objects in front of
 * them, in a word, or more if they are aligned more strictly. */
static bool is_first_of_array(const struct finding *finding)
{
    const struct block_info *block = &finding->block;
    size_t count_bytes = block->alignment_bytes > 16 ? block->alignment_bytes : sizeof(size_t);
    return block->via == API_NEW_ARRAY && finding->function != API_DELETE_ARRAY &&
           (finding->offset == (ptrdiff_t)count_bytes || finding->offset == 16);
}

static void invalid_free(struct strbuf *out, const struct text_style *style,
                         const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    strbuf_printf(out, "  %s was called with ", api_name(finding->function));
    if (finding->has_block) {
        strbuf_str(out, "an address ");
        words_place(out, finding->offset, finding->block.size_bytes, " of");
        strbuf_char(out, ' ');
        words_a_block(out, &finding->block);
        strbuf_printf(out, " at 0x%lx; only its start can be released.\n",
                      (unsigned long)finding->block.address);
        if (is_first_of_array(finding)) {
            strbuf_str(out, "  There the objects of a new[] begin, behind their number: delete[] "
                            "releases them.\n");
        }
    } else {
        strbuf_printf(out, "0x%lx, which is no heap block", (unsigned long)finding->pointer);
        strbuf_printf(out, "%s%s.\n", error->place[0] ? ": it is " : "", error->place);
    }
    text_section(out, style, "Called", &error->access_thread, &error->access);
    if (finding->has_block) {
        text_release(out, style, "Freed", error);
        text_allocation(out, style, error);
    }
}

static void mismatch(struct strbuf *out, const struct text_style *style,
                     const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    const struct block_info *block = &finding->block;
    const char *function = api_name(finding->function), *right = word_right_release(block->via);
    if (api_family(block->via) != api_family(finding->function)) {
        strbuf_printf(out,
                      "  A%s %zu-byte block allocated by %s was released by %s; it needs %s.\n",
                      word_article(block->size_bytes) + 1, block->size_bytes, api_name(block->via),
                      function, right);
    } else if (finding->has_given_size && finding->given_size != block->size_bytes) {
        strbuf_printf(out, "  %s was told a size of %zu for %s %zu-byte block.\n", function,
                      finding->given_size, word_article(block->size_bytes), block->size_bytes);
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
    text_allocation(out, style, error);
}

static void overlap(struct strbuf *out, const struct text_style *style,
                    const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    strbuf_printf(out, "  %s was called with source and destination that overlap, in a ",
                  finding->call ? finding->call : api_name(finding->function));
    words_block(out, &finding->block);
    strbuf_str(out, ".\n");
    text_section(out, style, "Called", &error->access_thread, &error->access);
    text_allocation(out, style, error);
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
        [FINDING_OVERFLOW] = text_damage,
        [FINDING_UNDERFLOW] = text_damage,
        [FINDING_USE_AFTER_FREE] = text_damage,
        [FINDING_DOUBLE_FREE] = double_free,
        [FINDING_INVALID_FREE] = invalid_free,
        [FINDING_MISMATCH] = mismatch,
        [FINDING_INVALID_ALIGNMENT] = invalid_alignment,
        [FINDING_INVALID_SIZE] = invalid_size,
        [FINDING_OVERLAP] = overlap,
    };
    const struct finding *finding = &error->finding;
    headline(out, style, word_kind(finding->kind));
    uintptr_t address = finding->pointer;
    if (finding->kind <= FINDING_USE_AFTER_FREE) {
        address = finding->block.address + (uintptr_t)finding->offset;
    }
    if (finding->kind == FINDING_INVALID_ALIGNMENT || finding->kind == FINDING_INVALID_SIZE) {
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
        text_section_with(out, style, "Allocated", api_name(leak->via), &unknown, &leak->stack);
    } else if (leak->stack.count > 0) {
        text_section(out, style, "Allocated", &unknown, &leak->stack);
    }
    strbuf_char(out, '\n');
}
