#include "report/symbols.h"

#include <string.h>

#include "base/hash.h"
#include "os/own.h"
#include "report/namer.h"
#include "report/words.h"

enum {
    FIRST_CAPACITY = 256,    /* a power of two */
    ANSWER_MOST = 32 * 1024, /* bytes of one answer's names; what no longer fits is left out */
    ANSWER_LINES_MOST = 64,  /* inlined calls at one address */
    MODULES_NAMED_MOST = 12, /* in the words on a failure */
};

enum state { EMPTY, WANTED, ANSWERED, NAMELESS };

struct entry {
    const struct module *module;
    uint64_t offset;
    struct symbol_lines *lines; /* when ANSWERED */
    enum state state;
};

static bool enabled;
static struct entry *table; /* open addressing, never more than half full */
static uint32_t capacity, used, wanted;

/* The answer that is coming in. */
static struct {
    uint32_t cursor; /* next entry to ask about */
    uint32_t count;
    size_t text_length;
    struct symbol_line lines[ANSWER_LINES_MOST];
    char text[ANSWER_MOST];
} incoming;

void symbols_enable(bool enable)
{
    enabled = enable;
}

static struct entry *probe(struct entry *in, uint32_t size, const struct module *module,
                           uint64_t offset)
{
    uint64_t at = hash_mix((uintptr_t)module ^ hash_mix(offset));
    while (in[at & (size - 1)].state != EMPTY &&
           (in[at & (size - 1)].module != module || in[at & (size - 1)].offset != offset)) {
        at++;
    }
    return &in[at & (size - 1)];
}

static bool has_room(void)
{
    if (used < capacity / 2) {
        return true;
    }
    uint32_t larger = capacity ? capacity * 2 : FIRST_CAPACITY;
    struct entry *fresh = own_alloc(larger * sizeof *fresh);
    if (!fresh) {
        return false;
    }
    for (uint32_t i = 0; i < capacity; i++) {
        if (table[i].state != EMPTY) {
            *probe(fresh, larger, table[i].module, table[i].offset) = table[i];
        }
    }
    own_free(table, capacity * sizeof *table);
    table = fresh;
    capacity = larger;
    return true;
}

void symbols_want(const struct module *module, uint64_t offset)
{
    if (!enabled || module->path[0] != '/' || !has_room()) {
        return;
    }
    struct entry *entry = probe(table, capacity, module, offset);
    if (entry->state == EMPTY) {
        *entry = (struct entry){.module = module, .offset = offset, .state = WANTED};
        used++;
        wanted++;
    }
}

const struct symbol_lines *symbols_find(const struct module *module, uint64_t offset)
{
    return capacity ? probe(table, capacity, module, offset)->lines : NULL;
}

static bool next_question(void *context, struct namer_question *out)
{
    (void)context;
    for (; incoming.cursor < capacity; incoming.cursor++) {
        const struct entry *entry = &table[incoming.cursor];
        if (entry->state == WANTED) {
            *out = (struct namer_question){incoming.cursor++, entry->module, entry->offset};
            return true;
        }
    }
    return false;
}

static const char *keep_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    if (bytes == 1 || bytes > sizeof incoming.text - incoming.text_length) {
        return NULL;
    }
    char *at = incoming.text + incoming.text_length;
    memcpy(at, text, bytes);
    incoming.text_length += bytes;
    return at;
}

static void take_line(void *context, uint32_t number, const struct namer_line *line)
{
    (void)context;
    (void)number;
    if (incoming.count < ANSWER_LINES_MOST && (line->function[0] || line->file[0])) {
        incoming.lines[incoming.count++] =
            (struct symbol_line){.function = keep_text(line->function),
                                 .file = keep_text(line->file),
                                 .linkage = keep_text(line->linkage),
                                 .line = line->number,
                                 .inlined = line->inlined};
    }
}

/* A copy of the answer in one piece; the texts follow the lines. */
static struct symbol_lines *pack(void)
{
    size_t head = sizeof(struct symbol_lines) + incoming.count * sizeof(struct symbol_line);
    struct symbol_lines *packed = incoming.count ? own_alloc(head + incoming.text_length) : NULL;
    if (!packed) {
        return NULL;
    }
    char *text = (char *)packed + head;
    memcpy(text, incoming.text, incoming.text_length);
    packed->count = incoming.count;
    for (uint32_t i = 0; i < incoming.count; i++) {
        struct symbol_line line = incoming.lines[i];
        line.function = line.function ? text + (line.function - incoming.text) : NULL;
        line.file = line.file ? text + (line.file - incoming.text) : NULL;
        line.linkage = line.linkage ? text + (line.linkage - incoming.text) : NULL;
        packed->lines[i] = line;
    }
    return packed;
}

static void take_end(void *context, uint32_t number)
{
    (void)context;
    if (number < capacity && table[number].state == WANTED) {
        table[number].lines = pack();
        table[number].state = ANSWERED;
    }
    incoming.count = 0;
    incoming.text_length = 0;
}

void symbols_fetch(void)
{
    if (wanted == 0) {
        return;
    }
    incoming.cursor = 0;
    incoming.count = 0;
    incoming.text_length = 0;
    const struct namer_dialog dialog = {.next = next_question, .line = take_line, .end = take_end};
    if (!namer_ask(&dialog)) {
        for (uint32_t i = 0; i < capacity; i++) {
            if (table[i].state == WANTED) {
                table[i].state = NAMELESS;
            }
        }
    }
    wanted = 0;
}

bool symbols_are_missing(void)
{
    return !enabled || namer_failure();
}

static bool is_listed(const struct module *const *list, unsigned count, const struct module *module)
{
    for (unsigned i = 0; i < count; i++) {
        if (list[i] == module) {
            return true;
        }
    }
    return false;
}

bool symbols_describe_failure(struct strbuf *out)
{
    if (!namer_failure()) {
        return false;
    }
    strbuf_printf(out, "names of functions and lines: %s", namer_failure());
    const struct module *listed[MODULES_NAMED_MOST];
    unsigned count = 0;
    for (uint32_t i = 0; i < capacity && count < MODULES_NAMED_MOST; i++) {
        const struct module *module = table[i].module;
        if (table[i].state == NAMELESS && module->build_id_length > 0 &&
            !is_listed(listed, count, module)) {
            strbuf_str(out, count == 0 ? "; build ids: " : ", ");
            words_safe(out, words_base_name(module->path));
            strbuf_char(out, ' ');
            for (unsigned b = 0; b < module->build_id_length; b++) {
                strbuf_printf(out, "%02x", module->build_id[b]);
            }
            listed[count++] = module;
        }
    }
    return true;
}
