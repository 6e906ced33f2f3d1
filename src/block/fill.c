#include "block/fill.h"

/* A block begins at a multiple of 8, so the address alone tells which byte of the pattern it is. */
void fill_mend(uintptr_t first, uintptr_t last_end, uint64_t pattern)
{
    for (uintptr_t at = first; at < last_end; at++) {
        *(volatile uint8_t *)at = (uint8_t)(pattern >> 8 * (at & 7));
    }
}

bool fill_damage(uintptr_t start, size_t bytes, uint64_t pattern, uintptr_t *first,
                 uintptr_t *last_end)
{
    bool found = false;
    for (uintptr_t at = start; at < start + bytes; at++) {
        if (*(const volatile uint8_t *)at != (uint8_t)(pattern >> 8 * ((at - start) & 7))) {
            *first = found ? *first : at;
            *last_end = at + 1;
            found = true;
        }
    }
    return found;
}
