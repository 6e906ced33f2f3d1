/* Sorting and searching. */
#include <stdlib.h>

#include "base/checked.h"
#include "interpose/libc/detour.h"

static void judge_sorted(const struct call *call, void *array, size_t count, size_t size)
{
    size_t bytes;
    if (count > 1 && checked_mul(count, size, &bytes)) {
        call_writes(call, array, bytes);
    }
}

EXPORTED void qsort(void *array, size_t count, size_t size,
                    int (*compare)(const void *, const void *))
{
    struct call call = CALL(qsort);
    judge_sorted(&call, array, count, size);
    libc_qsort(array, count, size, compare);
}

EXPORTED void qsort_r(void *array, size_t count, size_t size,
                      int (*compare)(const void *, const void *, void *), void *context)
{
    struct call call = CALL(qsort_r);
    judge_sorted(&call, array, count, size);
    libc_qsort_r(array, count, size, compare, context);
}

/* Only some of it is looked at; but an array that is shorter than said finds what is not there. */
EXPORTED void *bsearch(const void *key, const void *array, size_t count, size_t size,
                       int (*compare)(const void *, const void *))
{
    struct call call = CALL(bsearch);
    size_t bytes;
    if (checked_mul(count, size, &bytes)) {
        call_reads(&call, array, bytes);
    }
    return libc_bsearch(key, array, count, size, compare);
}
