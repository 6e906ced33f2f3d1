/* A list whose head is lost: one definite leak, the rest is indirect. */
#include <stdlib.h>

#include "forget.h"

struct node {
    struct node *next;
    long value;
};

__attribute__((noinline)) static struct node *prepend(struct node *next)
{
    struct node *n = malloc(sizeof *n); /* @node */
    n->next = next;
    n->value = 1;
    return n;
}

__attribute__((noinline)) static void lose(void)
{
    prepend(prepend(prepend(NULL)));
}

int main(void)
{
    lose();
    forget();
    return 0;
}
