/* Sorting in place: no recursion, no allocation (libc's qsort may call malloc), O(n log n) at
 * worst. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>

/* `before` says that its first argument belongs strictly before its second. Elements of at most
 * SORT_ELEMENT_MOST bytes; equal ones end up in any order. */
enum { SORT_ELEMENT_MOST = 128 };
void sort(void *elements, size_t count, size_t element_bytes,
          bool (*before)(const void *a, const void *b));

#endif
