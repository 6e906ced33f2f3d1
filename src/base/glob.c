#include "base/glob.h"

#include <stddef.h>
#include <string.h>

struct rules {
    const char *pattern, *end;
    bool has_question; /* '?' is a wildcard */
    bool open_start;   /* any text may come before what the pattern matches */
    bool open_end;     /* … and after it */
};

/* Where a piece does not match, only the last '*' needs to take one character more: what an earlier
 * one could take, the last one can. */
static bool matches(const struct rules *rules, const char *text)
{
    const char *p = rules->pattern;
    const char *after_star = rules->open_start ? p : NULL;
    const char *retry = text;
    while (*text) {
        if (p < rules->end && *p == '*') {
            after_star = ++p;
            retry = text;
        } else if (p < rules->end && (*p == *text || (rules->has_question && *p == '?'))) {
            p++;
            text++;
        } else if (p == rules->end && rules->open_end) {
            return true;
        } else if (after_star) {
            p = after_star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (p < rules->end && *p == '*') {
        p++;
    }
    return p == rules->end;
}

bool glob_matches(const char *pattern, const char *text)
{
    struct rules rules = {
        .pattern = pattern, .end = pattern + strlen(pattern), .has_question = true};
    return matches(&rules, text);
}

bool glob_finds(const char *pattern, const char *text)
{
    struct rules rules = {.pattern = pattern, .open_start = true, .open_end = true};
    if (*pattern == '^') {
        rules.pattern++;
        rules.open_start = false;
    }
    rules.end = rules.pattern + strlen(rules.pattern);
    if (rules.end > rules.pattern && rules.end[-1] == '$') {
        rules.end--;
        rules.open_end = false;
    }
    return *text && matches(&rules, text);
}
