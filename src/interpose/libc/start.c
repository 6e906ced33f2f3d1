#include "interpose/libc/start.h"

#include <stddef.h>

#include "base/glob.h"
#include "base/strbuf.h"
#include "heap/arena.h"
#include "interpose/libc/check.h"

static bool skipped[CALL_COUNT];
static bool any_skipped;

bool calls_are_skipped(enum call_id id)
{
    return any_skipped && skipped[id];
}

static bool skip(const char *pattern)
{
    bool found = false;
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        if (glob_matches(pattern, call_name((enum call_id)id))) {
            skipped[id] = found = any_skipped = true;
        }
    }
    return found;
}

static void skip_all(const char *list, options_complain *complain)
{
    char pattern[64], line[128];
    while (*list) {
        size_t length = strcspn(list, ",");
        struct strbuf name, words;
        strbuf_init(&name, pattern, sizeof pattern);
        strbuf_bytes(&name, list, length);
        if (length > 0 && !skip(pattern)) {
            strbuf_init(&words, line, sizeof line);
            strbuf_printf(&words, "option intercept_skip: no function that is checked is called %s",
                          pattern);
            complain(NULL, line);
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
