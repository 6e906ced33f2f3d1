/* Three blocks in a ring: one leak with one leader. */
#include <stdlib.h>

#include "forget.h"

struct node {
    struct node *volatile next;
};

__attribute__((noinline)) static void lose(void)
{
    struct node *volatile nodes[3];
    volatile int count = 3;
    for (int i = 0; i < count; i++) {
        nodes[i] = malloc(40); /* @node */
    }
    for (int i = 0; i < 3; i++) {
        nodes[i]->next = nodes[(i + 1) % 3];
    }
}

int main(void)
{
    lose();
    forget();
    return 0;
}
