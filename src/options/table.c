#include "options/table.h"

#include <assert.h>
#include <string.h>

#include "base/typo.h"
#include "options/options.h"

#define OFFSET_CHOICE(name) offsetof(struct options, name)
#define OFFSET_BYTES(name) offsetof(struct options, name##_bytes)
#define OFFSET_NUMBER(name) offsetof(struct options, name)
#define OFFSET_FLAG(name) offsetof(struct options, name)
#define OFFSET_LIST(name) offsetof(struct options, name)
#define OFFSET_FILES(name) offsetof(struct options, name)
#define OFFSET_NAMES(name) offsetof(struct options, name)
#define OFFSET_PATH(name) offsetof(struct options, name)

const struct option option_table[] = {
#define OPTION(kind, name, least, most, words, standard, meaning, details) \
    {#name, OPTION_##kind, OFFSET_##kind(name), least, most, words, standard},
#include "options/options.def"
};

const size_t option_count = sizeof option_table / sizeof *option_table;

static_assert(sizeof option_table / sizeof *option_table <= 64, "struct options keeps 64 bits");

const struct option *option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < option_count; i++) {
        const char *known = option_table[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            return &option_table[i];
        }
    }
    return NULL;
}

const struct option *option_nearest(const char *name, size_t length)
{
    const struct option *nearest = NULL;
    unsigned fewest = typo_most(length);
    for (size_t i = 0; i < option_count; i++) {
        if (typo_is_of(name, length, option_table[i].name, &fewest)) {
            nearest = &option_table[i];
        }
    }
    return nearest;
}

void option_bytes_text(struct strbuf *out, uint64_t bytes)
{
    unsigned shift = 0;
    while (bytes != 0 && shift < 30 && (bytes >> shift & 1023) == 0) {
        shift += 10;
    }
    static const char *const suffix[] = {"", "K", "M", "G"};
    strbuf_printf(out, "%lu%s", (unsigned long)(bytes >> shift), suffix[shift / 10]);
}

/* "auto, always or never" */
static void join_words(struct strbuf *out, const char *words, const char *last)
{
    for (const char *p = words; *p;) {
        size_t length = strcspn(p, " ");
        const char *next = p + length + (p[length] == ' ');
        if (p != words) {
            strbuf_str(out, *next ? ", " : last);
        }
        strbuf_bytes(out, p, length);
        p = next;
    }
}

void option_allowed(struct strbuf *out, const struct option *option)
{
    switch (option->kind) {
    case OPTION_CHOICE:
    case OPTION_FLAG:
        join_words(out, option->words, " or ");
        break;
    case OPTION_LIST:
        strbuf_str(out, "any of ");
        join_words(out, option->words, " and ");
        strbuf_str(out, ", separated by commas");
        break;
    case OPTION_BYTES:
        strbuf_str(out, "bytes from ");
        option_bytes_text(out, option->least);
        strbuf_str(out, " to ");
        option_bytes_text(out, option->most);
        strbuf_str(out, " (with K, M or G)");
        if (*option->words) {
            strbuf_printf(out, ", or %s", option->words);
        }
        break;
    case OPTION_NUMBER:
        strbuf_printf(out, "a number from %lu to %lu", (unsigned long)option->least,
                      (unsigned long)option->most);
        break;
    case OPTION_PATH:
        strbuf_printf(out, "a path of at most %d bytes (%%p pid, %%e program, %%%% percent)",
                      OPTIONS_PATH_MOST - 1);
        break;
    case OPTION_NAMES:
        strbuf_printf(out, "names, separated by commas, of at most %d bytes in all",
                      OPTIONS_PATH_MOST - 1);
        break;
    case OPTION_FILES:
        strbuf_printf(out, "names of files, separated by commas, of at most %d bytes in all",
                      OPTIONS_PATH_MOST - 1);
        break;
    }
}
