/* base/sort, beside libc's. */
#include "base/sort.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

struct element {
    uint32_t key, index;
    char rest[56];
};

static bool before(const void *a, const void *b)
{
    return ((const struct element *)a)->key < ((const struct element *)b)->key;
}

static int compare(const void *a, const void *b)
{
    uint32_t left = ((const struct element *)a)->key, right = ((const struct element *)b)->key;
    return (left > right) - (left < right);
}

START_TEST(test_order_is_that_of_libc_and_nothing_is_lost)
{
    static struct element ours[1000], theirs[1000];
    static bool seen[1000];
    unsigned seed = 1;
    for (size_t count = 0; count <= 1000; count = count < 20 ? count + 1 : count * 3 / 2) {
        for (uint32_t i = 0; i < count; i++) {
            ours[i] = (struct element){.key = (uint32_t)rand_r(&seed) % 500, .index = i};
        }
        memcpy(theirs, ours, sizeof ours);
        memset(seen, 0, sizeof seen);
        sort(ours, count, sizeof ours[0], before);
        qsort(theirs, count, sizeof theirs[0], compare);
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(ours[i].key, theirs[i].key);
            ck_assert(!seen[ours[i].index]);
            seen[ours[i].index] = true;
        }
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_order_is_that_of_libc_and_nothing_is_lost);
}

int main(void)
{
    return suite_run("sort", add);
}
