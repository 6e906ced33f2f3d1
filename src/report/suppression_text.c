#include "report/suppression_text.h"

#include <string.h>

#include "base/checked.h"
#include "base/strbuf.h"
#include "os/own.h"
#include "report/suppression_kinds.h"
#include "report/words.h"

enum { COMPLAINT_MOST = 512, QUOTED_MOST = 80 };

static const char blanks[] = " \t\r\v\f";

struct budget {
    uint64_t most_bytes, most_blocks;
    unsigned line; /* 0: none */
};

struct reader {
    const struct suppression_source *source;
    char *next, *end;      /* what is still to be read */
    unsigned line;         /* number of the line read last */
    struct budget pending; /* for the entry to come */
};

static void complain_at(const struct reader *reader, unsigned line, const char *words,
                        const char *quoted)
{
    char room[COMPLAINT_MOST];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    words_safe(&out, reader->source->title);
    strbuf_printf(&out, ":%u: %s", line, words);
    if (quoted) {
        char piece[QUOTED_MOST + 1];
        size_t length = strnlen(quoted, QUOTED_MOST);
        memcpy(piece, quoted, length);
        piece[length] = '\0';
        strbuf_str(&out, " '");
        words_safe(&out, piece);
        strbuf_str(&out, quoted[length] ? "…'" : "'");
    }
    reader->source->complain(reader->source->context, room);
}

static void complain(const struct reader *reader, const char *words, const char *quoted)
{
    complain_at(reader, reader->line, words, quoted);
}

/* Without blanks at either end; cut in place. */
static char *trim(char *text)
{
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

/* The text after a prefix, blanks between left out; NULL if it does not start so. */
static char *after(char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length + strspn(text + length, blanks)
                                              : NULL;
}

/* The next line, trimmed; NULL at the end. A line with a NUL in it ends there for us. */
static char *next_line(struct reader *reader)
{
    if (reader->next >= reader->end) {
        return NULL;
    }
    char *line = reader->next;
    char *newline = memchr(line, '\n', (size_t)(reader->end - line));
    char *stop = newline ? newline : reader->end;
    *stop = '\0';
    reader->next = stop + 1;
    reader->line++;
    return trim(line);
}

/* Digits and K, M or G; moves the text past them and blanks. False: none, or too large. */
static bool take_amount(char **text, uint64_t *out)
{
    static const char suffixes[] = "KMG";
    char *p = *text;
    size_t value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (!checked_mul(value, 10, &value) || !checked_add(value, (size_t)(*p - '0'), &value)) {
            return false;
        }
    }
    bool any = p != *text;
    const char *suffix = *p ? strchr(suffixes, *p) : NULL;
    if (suffix) {
        p++;
        if (!checked_mul(value, (size_t)1024 << (10 * (suffix - suffixes)), &value)) {
            return false;
        }
    }
    *text = p + strspn(p, blanks);
    *out = value;
    return any;
}

static bool take_unit(char **text, const char *unit)
{
    char *rest = after(*text, unit);
    if (!rest) {
        return false;
    }
    if (*rest == 's') {
        rest++;
    }
    *text = rest + strspn(rest, " \t,");
    return true;
}

/* "at most 4K bytes, 10 blocks": either or both. */
static bool parse_budget(char *text, struct budget *out)
{
    *out = (struct budget){.most_bytes = UINT64_MAX, .most_blocks = UINT64_MAX};
    text = after(text, "at most");
    bool any = text && *text;
    while (text && *text) {
        uint64_t amount;
        if (!take_amount(&text, &amount)) {
            return false;
        }
        if (take_unit(&text, "byte")) {
            out->most_bytes = amount;
        } else if (take_unit(&text, "block")) {
            out->most_blocks = amount;
        } else {
            return false;
        }
    }
    return any;
}

/* A line that starts with '#': a budget, or nothing. */
static void read_remark(struct reader *reader, char *line)
{
    char *text = after(line + 1 + strspn(line + 1, blanks), "coalmine:");
    if (!text) {
        return;
    }
    struct budget budget;
    if (!parse_budget(text, &budget)) {
        complain(reader, "a budget is 'at most N bytes', 'at most N blocks' or both, not", text);
        return;
    }
    reader->pending = budget;
    reader->pending.line = reader->line;
}

/* The next line that says something, budgets noted on the way; NULL at the end. */
static char *next_statement(struct reader *reader)
{
    char *line = next_line(reader);
    while (line && (*line == '\0' || *line == '#')) {
        if (*line == '#') {
            read_remark(reader, line);
        }
        line = next_line(reader);
    }
    return line;
}

/* Completes an entry with the budget that was waiting, and hands over a copy. */
static void hand_over(struct reader *reader, const struct suppression *made,
                      const struct suppression_frame *frames)
{
    size_t list_bytes = made->frame_count * sizeof *frames;
    struct suppression *entry = own_alloc(sizeof *entry + list_bytes);
    struct budget budget = reader->pending;
    reader->pending = (struct budget){0};
    if (!entry) {
        complain_at(reader, made->line, "no memory for this suppression", NULL);
        return;
    }
    *entry = *made;
    if (list_bytes > 0) {
        memcpy(entry->frames, frames, list_bytes);
    }
    entry->file = reader->source->file;
    entry->has_budget = budget.line > 0;
    entry->most_bytes = entry->has_budget ? budget.most_bytes : UINT64_MAX;
    entry->most_blocks = entry->has_budget ? budget.most_blocks : UINT64_MAX;
    reader->source->take(reader->source->context, entry);
}

/* "leak:PATTERN" */
static void read_line_entry(struct reader *reader, char *line)
{
    char *colon = strchr(line, ':');
    struct suppression_kinds kinds;
    if (!colon) {
        complain(reader, "neither KIND:PATTERN, as in leak:libname, nor an entry in braces:", line);
        return;
    }
    *colon = '\0';
    bool known = suppression_own_kind(line, &kinds);
    if (!known) {
        complain(reader, "no kind of finding here is called", line);
        reader->pending = (struct budget){0};
        return;
    }
    *colon = ':';
    char *pattern = colon + 1 + strspn(colon + 1, blanks);
    if (!*pattern) {
        complain(reader, "no pattern in", line);
        return;
    }
    const struct suppression entry = {
        .name = line,
        .line = reader->line,
        .leak_kinds = kinds.leaks ? UINT32_MAX : 0,
        .error_kinds = kinds.errors,
        .any_stack = true,
        .any_frame = pattern,
    };
    hand_over(reader, &entry, NULL);
}

/* An entry in braces that is being read. */
struct braces {
    bool skipped; /* not ours, or already complained of: nothing more is looked at */
    struct suppression_frame frames[SUPPRESSION_FRAMES_MOST];
    struct suppression entry; /* last: its own array of frames has no room here */
};

static void give_up(struct reader *reader, struct braces *braces, const char *words,
                    const char *quoted)
{
    complain(reader, words, quoted);
    braces->skipped = true;
}

/* Whether a list "Memcheck,Helgrind" names the tool. */
static bool names_tool(const char *list, const char *tool)
{
    size_t length = strlen(tool);
    for (const char *p = list; *p; p += strspn(p, ", \t")) {
        size_t piece = strcspn(p, ", \t");
        if (piece == length && strncmp(p, tool, length) == 0) {
            return true;
        }
        p += piece;
    }
    return false;
}

/* "Memcheck:Leak" */
static void read_kind(struct reader *reader, struct braces *braces, char *line)
{
    struct suppression_kinds kinds = {0};
    char *colon = strchr(line, ':');
    if (!colon) {
        give_up(reader, braces, "expected TOOL:KIND, as in Memcheck:Leak, not", line);
        return;
    }
    *colon = '\0';
    char *kind = trim(colon + 1);
    if (names_tool(line, "Coalmine")) {
        braces->entry.any_stack = true;
        if (!suppression_own_kind(kind, &kinds)) {
            give_up(reader, braces, "no kind of finding here is called", kind);
        }
    } else if (names_tool(line, "Memcheck")) {
        kinds = suppression_memcheck_kind(kind);
    }
    braces->entry.leak_kinds = kinds.leaks ? UINT32_MAX : 0;
    braces->entry.error_kinds = kinds.errors;
    braces->skipped = braces->skipped || (!kinds.leaks && kinds.errors == 0);
}

static void read_frame(struct reader *reader, struct braces *braces, char *line)
{
    static const struct {
        const char *prefix;
        enum suppression_part part;
    } parts[] = {{"fun:", PART_FUNCTION}, {"obj:", PART_OBJECT}, {"src:", PART_SOURCE}};
    struct suppression_frame frame = {.pattern = NULL};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !frame.pattern; i++) {
        frame.part = parts[i].part;
        frame.pattern = after(line, parts[i].prefix);
    }
    if (strcmp(line, "...") == 0) {
        frame = (struct suppression_frame){PART_ANY_FRAMES, line};
    }
    if (!frame.pattern || !*frame.pattern) {
        give_up(reader, braces, "expected fun:NAME, obj:PATH, src:FILE or '...', not", line);
    } else if (braces->entry.frame_count == SUPPRESSION_FRAMES_MOST) {
        give_up(reader, braces, "too many frames in one suppression", NULL);
    } else {
        braces->frames[braces->entry.frame_count++] = frame;
    }
}

static bool tells_frame(const struct braces *braces)
{
    for (unsigned i = 0; i < braces->entry.frame_count; i++) {
        if (braces->frames[i].part != PART_ANY_FRAMES) {
            return true;
        }
    }
    return false;
}

/* One line between the braces; `number` counts those that say something. */
static void read_part(struct reader *reader, struct braces *braces, char *line, unsigned number)
{
    static const char match[] = "match-leak-kinds:";
    if (number == 0) {
        braces->entry.name = line;
    } else if (number == 1) {
        read_kind(reader, braces, line);
    } else if (braces->skipped) {
        return;
    } else if (number == 2 && braces->entry.leak_kinds && after(line, match)) {
        char *words = after(line, match);
        if (!suppression_leak_kinds(words, &braces->entry.leak_kinds)) {
            give_up(reader, braces, "no kind of leak is called", words);
        }
    } else {
        read_frame(reader, braces, line);
    }
}

static void read_braces(struct reader *reader)
{
    struct braces braces = {.entry = {.line = reader->line}};
    char *line = next_statement(reader);
    for (unsigned number = 0; line && strcmp(line, "}") != 0; number++) {
        read_part(reader, &braces, line, number);
        line = next_statement(reader);
    }
    if (!line) {
        complain_at(reader, braces.entry.line, "this suppression lacks its closing '}'", NULL);
    } else if (!braces.entry.name || (!braces.skipped && !tells_frame(&braces))) {
        complain_at(reader, braces.entry.line,
                    "a suppression needs a name, TOOL:KIND and a frame other than '...'", NULL);
    } else if (!braces.skipped) {
        hand_over(reader, &braces.entry, braces.frames);
    }
    reader->pending = (struct budget){0};
}

void suppression_text_read(char *text, size_t length, const struct suppression_source *source)
{
    struct reader reader = {.source = source, .next = text, .end = text + length};
    for (char *line = next_statement(&reader); line; line = next_statement(&reader)) {
        if (strcmp(line, "{") == 0) {
            read_braces(&reader);
        } else {
            read_line_entry(&reader, line);
        }
    }
    if (reader.pending.line > 0) {
        complain_at(&reader, reader.pending.line, "no suppression follows this budget", NULL);
    }
}
