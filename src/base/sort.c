/* Heapsort: Williams, "Algorithm 232", CACM 7 (1964). */
#include "base/sort.h"

#include <string.h>

struct sorting {
    char *base;
    size_t bytes;
    bool (*before)(const void *a, const void *b);
};

static char *element(const struct sorting *sorting, size_t i)
{
    return sorting->base + i * sorting->bytes;
}

static void swap(const struct sorting *sorting, size_t a, size_t b)
{
    char kept[SORT_ELEMENT_MOST];
    memcpy(kept, element(sorting, a), sorting->bytes);
    memcpy(element(sorting, a), element(sorting, b), sorting->bytes);
    memcpy(element(sorting, b), kept, sorting->bytes);
}

/* Lets the element at `at` sink to its place in the heap of `count`, whose top is the last in
 * order. */
static void sink(const struct sorting *sorting, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count &&
            sorting->before(element(sorting, child), element(sorting, child + 1))) {
            child++;
        }
        if (!sorting->before(element(sorting, at), element(sorting, child))) {
            return;
        }
        swap(sorting, at, child);
    }
}

void sort(void *elements, size_t count, size_t element_bytes,
          bool (*before)(const void *a, const void *b))
{
    struct sorting sorting = {elements, element_bytes, before};
    for (size_t i = count / 2; i > 0; i--) {
        sink(&sorting, i - 1, count);
    }
    for (size_t left = count; left > 1; left--) {
        swap(&sorting, 0, left - 1);
        sink(&sorting, 0, left - 1);
    }
}
