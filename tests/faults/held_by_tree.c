/* glibc keeps the colours of a search tree's nodes in their links: some links are odd. The strings
 * that setenv made are in such a tree as well. */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>

#include "forget.h"

enum { KEYS = 200 };

static void *tree;
static int keys[KEYS];

static int compare(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

__attribute__((noinline)) static void grow(void)
{
    for (int i = 0; i < KEYS; i++) {
        char name[32];
        snprintf(name, sizeof name, "NAME_%d", i * 7919 % 211);
        setenv(name, "value", 1);
        keys[i] = i * 7919 % 2003;
        tsearch(&keys[i], &tree, compare);
    }
}

int main(void)
{
    grow();
    forget();
    return 0;
}
