/* A list with links both ways: each block is pointed to, and all are lost. */
#include <stdlib.h>

#include "forget.h"

struct node {
    struct node *next, *previous;
};

__attribute__((noinline)) static void lose(void)
{
    struct node *last = NULL;
    for (int i = 0; i < 4; i++) {
        struct node *node = malloc(sizeof *node);
        *node = (struct node){NULL, last};
        if (last) {
            last->next = node;
        }
        last = node;
    }
}

int main(void)
{
    lose();
    forget();
    return 0;
}
