/* A pointer that was read from a freed block: the register says so. */
#include <stdlib.h>

struct node {
    struct node *next;
    int value;
};

__attribute__((noinline)) static int value_of(struct node *volatile node)
{
    return node->value; /* @read */
}

int main(void)
{
    struct node *volatile first = malloc(sizeof *first);
    first->next = malloc(sizeof *first);
    free(first->next);
    free(first);
    return value_of(first->next); /* @call */
}
