#include "interpose/libc/start.h"

#include <stddef.h>
#include <string.h>

#include "base/glob.h"
#include "base/strbuf.h"
#include "base/typo.h"
#include "heap/arena.h"
#include "interpose/libc/check.h"

enum { LINE_MOST = 192 };

static bool skipped[CALL_COUNT];
static bool any_skipped;

bool calls_are_skipped(enum call_id id)
{
    return any_skipped && skipped[id];
}

/* Other names of a function: it goes by the first. */
static const struct second_name {
    const char *name;
    enum call_id id;
} second_names[] = {
#define FUNCTION(group, name)
#define ALIAS(group, name, function) {#name, CALL_##function},
#include "interpose/libc/functions.def"
};

static bool is_meant(const char *pattern, enum call_id id)
{
    return glob_matches(pattern, call_name(id)) || glob_matches(pattern, call_plain_name(id));
}

static bool skip(const char *pattern)
{
    bool found = false;
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        if (is_meant(pattern, (enum call_id)id)) {
            skipped[id] = found = any_skipped = true;
        }
    }
    for (size_t i = 0; i < sizeof second_names / sizeof *second_names; i++) {
        if (glob_matches(pattern, second_names[i].name)) {
            skipped[second_names[i].id] = found = any_skipped = true;
        }
    }
    return found;
}

static void complain_unknown(const char *name, options_complain *complain)
{
    char room[LINE_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_printf(&line, "option intercept_skip: '%s' is no function whose calls are checked",
                  name);
    size_t length = strlen(name);
    unsigned most = typo_most(length);
    const char *nearest = NULL;
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        if (typo_is_of(name, length, call_name((enum call_id)id), &most)) {
            nearest = call_name((enum call_id)id);
        }
    }
    if (nearest) {
        strbuf_printf(&line, "; did you mean '%s'?", nearest);
    } else {
        strbuf_str(&line, "; coalmine(1) lists those under CALLS");
    }
    complain(NULL, room);
}

static void skip_all(const char *list, options_complain *complain)
{
    char pattern[64];
    while (*list) {
        size_t length = strcspn(list, ",");
        struct strbuf name;
        strbuf_init(&name, pattern, sizeof pattern);
        strbuf_bytes(&name, list, length);
        if (length > 0 && !skip(pattern)) {
            complain_unknown(pattern, complain);
        }
        list += length + (list[length] == ',');
    }
}

void calls_start(const struct options *options, options_complain *complain)
{
    skip_all(options->intercept_skip, complain);
    call_range.bytes = 0;
    call_range.base = arena.base;
    if (options->intercept) {
        call_range.bytes = arena.bytes;
    }
}
