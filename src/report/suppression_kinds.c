#include "report/suppression_kinds.h"

#include <stddef.h>
#include <string.h>

#include "inspect/leaks.h"
#include "report/words.h"

static uint64_t bit_of(const char *word)
{
    for (int kind = 0; kind < FINDING_KINDS; kind++) {
        if (strcmp(word, word_kind((enum finding_kind)kind)) == 0) {
            return (uint64_t)1 << kind;
        }
    }
    return 0;
}

bool suppression_own_kind(const char *word, struct suppression_kinds *out)
{
    *out = (struct suppression_kinds){.leaks = strcmp(word, "leak") == 0, .errors = bit_of(word)};
    return out->leaks || out->errors != 0;
}

/* Kinds as the manual of Valgrind lists them (4.4, "Writing suppression files"). Widths of accesses
 * are not told apart. */
static const struct {
    const char *memcheck, *ours;
} counterparts[] = {
    {"Free", "invalid-free"},
    {"Free", "double-free"},
    {"Free", "alloc-dealloc-mismatch"},
    {"SizeMismatch", "alloc-dealloc-mismatch"},
    {"AlignMismatch", "alloc-dealloc-mismatch"},
    {"Overlap", "overlapping-copy"},
    {"FishyValue", "invalid-size"},
    {"BadAlign", "invalid-alignment"},
    {"Addr", "heap-buffer-overflow"},
    {"Addr", "heap-buffer-underflow"},
    {"Addr", "heap-use-after-free"},
};

struct suppression_kinds suppression_memcheck_kind(const char *word)
{
    struct suppression_kinds kinds = {.leaks = strcmp(word, "Leak") == 0};
    for (size_t i = 0; i < sizeof counterparts / sizeof *counterparts; i++) {
        const char *name = counterparts[i].memcheck;
        size_t length = strlen(name);
        bool has_width = strcmp(name, "Addr") == 0; /* Addr1 to Addr32 */
        size_t digits = has_width ? strspn(word + strnlen(word, length), "0123456789") : 0;
        if (strncmp(word, name, length) == 0 && word[length + digits] == '\0' &&
            has_width == (digits > 0)) {
            kinds.errors |= bit_of(counterparts[i].ours);
        }
    }
    return kinds;
}

static unsigned leak_bits(const char *word)
{
    if (strcmp(word, "all") == 0) {
        return (1u << LEAK_KINDS) - 1;
    }
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        if (strcmp(word, word_leak_kind((enum leak_kind)kind)) == 0) {
            return 1u << kind;
        }
    }
    return 0;
}

bool suppression_leak_kinds(char *words, unsigned *bits)
{
    *bits = 0;
    bool known = true;
    for (char *word = words; word;) {
        word += strspn(word, " \t");
        char *comma = strchr(word, ',');
        if (comma) {
            *comma = '\0';
        }
        unsigned more = leak_bits(word);
        known = known && (more != 0 || strcmp(word, "none") == 0);
        *bits |= more;
        word = comma ? comma + 1 : NULL;
    }
    return known;
}
