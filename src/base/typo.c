#include "base/typo.h"

#include <string.h>

enum { NAME_MOST = 32 }; /* longer than any name; what is longer still is no typo of one */

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, row by row: R. Wagner, M. Fischer, "The string-to-string correction
 * problem", J. ACM 21 (1974). Both at most NAME_MOST long. */
static unsigned edits_between(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned row[NAME_MOST + 1];
    for (unsigned j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least_of(changed, least_of(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_length];
}

unsigned typo_most(size_t length)
{
    return length > NAME_MOST ? 0 : (unsigned)length / 3 + 1;
}

bool typo_is_of(const char *name, size_t length, const char *known, unsigned *most)
{
    size_t known_length = strlen(known);
    if (length > NAME_MOST || known_length > NAME_MOST) {
        return false;
    }
    unsigned edits = edits_between(name, length, known, known_length);
    if (edits > *most || edits >= known_length) {
        return false;
    }
    *most = edits - (edits > 0);
    return true;
}
