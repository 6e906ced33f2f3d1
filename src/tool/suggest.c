#include "tool/suggest.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "tool/complain.h"

enum { FRAMES_MOST = 24 }; /* Valgrind takes no more, the allocator's own included */

/* One suppression, and the sum of what it is for. */
struct suggestion {
    char *body; /* as it is written, but for comments */
    struct leak_sum total;
    unsigned kinds; /* bit per enum leak_kind */
    struct suggestion *next;
};

struct suggestions {
    struct suggestion *first, **end;
    void *by_body; /* tree */
};

static int compare_bodies(const void *a, const void *b)
{
    return strcmp(((const struct suggestion *)a)->body, ((const struct suggestion *)b)->body);
}

/* Text from outside, on one line. */
static void put_safe(FILE *out, const char *text)
{
    for (; *text; text++) {
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, out);
    }
}

/* What Valgrind calls it, too: to that a realloc of nothing is a malloc. */
static const char *inner_function(enum api via)
{
    switch (via) {
    case API_REALLOC:
        return "*alloc";
    case API_ALIGNED_ALLOC:
    case API_VALLOC:
    case API_PVALLOC:
        return "memalign";
    case API_POSIX_MEMALIGN:
        return "memalign\n   fun:posix_memalign";
    case API_NEW: /* of which there are several, with and without alignment */
        return "_Znw*";
    case API_NEW_ARRAY:
        return "_Zna*";
    case API_COUNT:
        return "*";
    default:
        return api_name(via);
    }
}

static void put_frame(FILE *out, const struct frame *frame)
{
    bool named = frame->linkage || frame->function;
    const char *name = frame->linkage ? frame->linkage : frame->function;
    if (!named) {
        name = frame->module ? frame->module : "???";
    }
    fputs(named ? "   fun:" : "   obj:", out);
    if (named && strncmp(name, "__", 2) == 0) { /* libc's __strdup is strdup to others */
        fputc('*', out);
        name += strspn(name, "_");
    }
    put_safe(out, name);
    fputc('\n', out);
}

/* What calls main, in a program that has no name for main itself. */
static bool is_start(const struct frame *frame)
{
    return frame->function && strncmp(frame->function, "__libc_start_", 13) == 0;
}

/* The innermost with a name; where none has one, the innermost. NULL: no frames. */
static const struct frame *named_frame(const struct told_leak *leak)
{
    const struct frame *frames = leak->stack.frames;
    for (uint32_t i = 0; i < leak->stack.count && !is_start(&frames[i]); i++) {
        if (frames[i].function) {
            return &frames[i];
        }
    }
    return leak->stack.count > 0 ? &frames[0] : NULL;
}

static void put_example(FILE *out, const struct told_leak *leak)
{
    const struct frame *frame = named_frame(leak);
    if (!frame || (!frame->function && !frame->module)) {
        fputs("an unknown place", out);
        return;
    }
    put_safe(out, frame->function ? frame->function : words_base_name(frame->module));
    if (!frame->function) {
        fprintf(out, "+0x%lx", (unsigned long)frame->offset);
    } else if (frame->file) {
        fputc(' ', out);
        put_safe(out, words_base_name(frame->file));
        if (frame->line > 0) {
            fprintf(out, ":%u", frame->line);
        }
    }
}

static void put_braces(FILE *out, const struct told_leak *leak)
{
    fputs("{\n   ", out);
    put_example(out, leak);
    fprintf(out, "\n   Memcheck:Leak\n   match-leak-kinds: %s\n   fun:%s\n",
            word_leak_kind(leak->group.kind), inner_function(leak->via));
    for (uint32_t i = 0; i < leak->stack.count && i < FRAMES_MOST - 1; i++) {
        const struct frame *frame = &leak->stack.frames[i];
        if (is_start(frame)) {
            fputs("   fun:(below main)\n", out); /* for us and Valgrind, whatever libc calls it */
            break;
        }
        put_frame(out, frame);
        if (frame->function && strcmp(frame->function, "main") == 0) {
            break;
        }
    }
    fputs("}\n", out);
}

/* Part of the C or C++ library: what leaks there does so for many callers. */
static bool is_common(const struct frame *frame)
{
    static const char *const modules[] = {"libc.so", "libc-", "libstdc++", "libc++"};
    static const char *const names[] = {"std::", "__gnu_cxx::", "operator new"};
    const char *module = frame->module ? words_base_name(frame->module) : "";
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (strncmp(module, modules[i], strlen(modules[i])) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(frame->function, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

static const struct frame *own_frame(const struct told_leak *leak)
{
    const struct frame *frames = leak->stack.frames;
    for (uint32_t i = 0; i < leak->stack.count && !is_start(&frames[i]); i++) {
        if (frames[i].function && !is_common(&frames[i])) {
            return &frames[i];
        }
    }
    return named_frame(leak);
}

/* Anchored, so that it stands for this name alone. */
static void put_line(FILE *out, const struct told_leak *leak)
{
    const struct frame *frame = own_frame(leak);
    fputs("leak:^", out);
    put_safe(out, frame->function ? frame->function : frame->module);
    fputs("$\n", out);
}

/* NULL: nothing is known that could be written. */
static char *body_of(const struct told_leak *leak, enum suggest_style style)
{
    const struct frame *frame = named_frame(leak);
    if (!frame || (style == SUGGEST_LSAN && !frame->function && !frame->module)) {
        return NULL;
    }
    char *body = NULL;
    size_t length;
    FILE *out = have_memory(open_memstream(&body, &length));
    if (style == SUGGEST_LSAN) {
        put_line(out, leak);
    } else {
        put_braces(out, leak);
    }
    fclose(out);
    return have_memory(body);
}

static void add(struct suggestions *to, char *body, const struct told_leak *leak)
{
    struct suggestion *fresh = have_memory(calloc(1, sizeof *fresh));
    fresh->body = body;
    struct suggestion **kept = have_memory(tsearch(fresh, &to->by_body, compare_bodies));
    if (*kept == fresh) {
        *to->end = fresh;
        to->end = &fresh->next;
    } else {
        free(body);
        free(fresh);
    }
    (*kept)->total.blocks += leak->group.blocks + leak->group.indirect_blocks;
    (*kept)->total.bytes += leak->group.bytes + leak->group.indirect_bytes;
    (*kept)->kinds |= 1u << leak->group.kind;
}

static void put_count(FILE *out, uint64_t count, const char *noun)
{
    fprintf(out, "%lu %s%s", (unsigned long)count, noun, count == 1 ? "" : "s");
}

static void print(FILE *out, const struct suggestion *suggestion, bool budget)
{
    const struct leak_sum *total = &suggestion->total;
    fputs("# ", out);
    put_count(out, total->bytes, "byte");
    fputs(" in ", out);
    put_count(out, total->blocks, "block");
    fputc(':', out);
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        if (suggestion->kinds >> kind & 1) {
            fprintf(out, " %s", word_leak_kind((enum leak_kind)kind));
        }
    }
    fputc('\n', out);
    if (budget) {
        fputs("# coalmine: at most ", out);
        put_count(out, total->bytes, "byte");
        fputs(", ", out);
        put_count(out, total->blocks, "block");
        fputc('\n', out);
    }
    fputs(suggestion->body, out);
}

void suggest_suppressions(FILE *out, const struct told_run *run, enum suggest_style style,
                          bool budgets)
{
    struct suggestions all = {.end = &all.first};
    unsigned unknown = 0;
    for (size_t i = 0; run->leaks && i < run->leaks->count; i++) {
        char *body = body_of(&run->leak_groups[i], style);
        if (body) {
            add(&all, body, &run->leak_groups[i]);
        } else {
            unknown++;
        }
    }
    for (const struct suggestion *each = all.first; each; each = each->next) {
        print(out, each, budgets);
    }
    if (unknown > 0) {
        fputs("# not listed: ", out);
        put_count(out, unknown, "leak");
        fputs(" of which no stack is known\n", out);
    }
    if (run->error_count > 0) {
        fputs("# not listed: ", out);
        put_count(out, run->error_count, "error");
        fputs(run->error_count == 1 ? " that is no leak\n" : " that are no leaks\n", out);
    }
}
