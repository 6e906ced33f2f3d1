/* Suppressions from any bytes: reading ends, complains in whole lines that name one of the text's
 * lines, and what it made of it can be matched and told. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/own.h"
#include "report/suppressed.h"
#include "report/suppression_match.h"
#include "report/suppression_text.h"

enum { LINE_MOST = 512, TOLD_MOST = 4096 };

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

static const struct frame frames[] = {
    {.function = "a", .linkage = "_Z1a", .file = "/s/a.cc", .line = 1, .module = "/m/a.so"},
    {.module = "/m/b.so"},
    {.offset = 5},
    {.function = "main", .file = "m.c", .module = "/m/m"},
};

struct heard {
    unsigned lines; /* of the text */
    struct suppression *first;
};

static void complain(void *context, const char *line)
{
    const struct heard *heard = context;
    unsigned number = 0;
    MUST(strlen(line) < LINE_MOST && !strchr(line, '\n'));
    MUST(sscanf(line, "fuzz:%u: ", &number) == 1 && number >= 1 && number <= heard->lines);
}

static void take(void *context, struct suppression *entry)
{
    struct heard *heard = context;
    MUST(entry->name && entry->line >= 1 && entry->line <= heard->lines);
    MUST(entry->leak_kinds != 0 || entry->error_kinds != 0 || entry->frame_count > 0);
    MUST((entry->any_frame != NULL) == (entry->frame_count == 0));
    MUST(entry->has_budget ==
         (entry->most_bytes != UINT64_MAX || entry->most_blocks != UINT64_MAX));
    entry->next = heard->first;
    heard->first = entry;
}

static void match(struct suppression *entry)
{
    const struct trace traces[] = {{frames, 4}, {frames, 1}, {NULL, 0}};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        struct told_leak leak = {.via = (enum api)(i * 9), .stack = traces[i]};
        struct told_error error = {.finding = {.kind = FINDING_DOUBLE_FREE}, .access = traces[i]};
        entry->hidden.groups += suppression_matches_leak(entry, &leak);
        entry->hidden.errors += suppression_matches_error(entry, &error);
    }
    entry->found = entry->hidden;
}

static void tell(const struct suppression *first)
{
    static char room[TOLD_MOST];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    suppressed_text(&out, first);
    struct json json = {.out = &out};
    suppressed_json(&json, first);
    MUST(out.length < sizeof room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    struct heard heard = {.lines = 1};
    for (size_t i = 0; i < size; i++) {
        heard.lines += data[i] == '\n';
    }
    suppression_text_read(text, size,
                          &(struct suppression_source){.file = "fuzz",
                                                       .title = "fuzz",
                                                       .take = take,
                                                       .complain = complain,
                                                       .context = &heard});
    for (struct suppression *entry = heard.first; entry; entry = entry->next) {
        match(entry);
    }
    tell(heard.first);
    while (heard.first) {
        struct suppression *entry = heard.first;
        heard.first = entry->next;
        own_free(entry, sizeof *entry + entry->frame_count * sizeof *entry->frames);
    }
    free(text);
    return 0;
}
