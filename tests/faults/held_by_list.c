/* A long list from a global: marking does not recurse. */
#include <stdlib.h>

#include "forget.h"

struct node {
    struct node *next;
};

static struct node *head;

int main(void)
{
    for (int i = 0; i < 300000; i++) {
        struct node *n = malloc(sizeof *n);
        n->next = head;
        head = n;
    }
    forget();
    return 0;
}
