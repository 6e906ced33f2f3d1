/* A tree whose root is lost: one leak, and what hangs below it. */
#include <stdlib.h>

#include "forget.h"

struct node {
    struct node *left, *right;
};

__attribute__((noinline)) static struct node *grow(int levels)
{
    struct node *node = malloc(sizeof *node);
    node->left = levels > 1 ? grow(levels - 1) : NULL;
    node->right = levels > 1 ? grow(levels - 1) : NULL;
    return node;
}

int main(void)
{
    grow(5);
    forget();
    return 0;
}
