/* What a check hands over: groups by size, their stacks, and a text that names them. */
#include <coalmine/coalmine.h>

#include "expecting.h"

struct node {
    struct node *next;
    char text[40];
};

__attribute__((noinline)) static void lose_list(void)
{
    struct node *list = NULL;
    for (volatile int i = 0; i < 3; i++) {
        struct node *node = malloc(sizeof *node); /* @list */
        node->next = list;
        list = node;
    }
    forget();
}

static void *volatile interior;

__attribute__((noinline)) static void keep_interior(void)
{
    interior = (char *)malloc(500) + 100;
    forget();
}

static int is_in(const void *address, void (*function)(void))
{
    return (const char *)address > (const char *)function &&
           (const char *)address < (const char *)function + 400;
}

__attribute__((noinline)) static void check_groups(const struct coalmine_leaks *leaks)
{
    for (size_t i = 1; i < leaks->listed; i++) {
        const struct coalmine_leak_group *group = &leaks->group[i];
        EXPECT(group->kind == COALMINE_LEAK_DEFINITE && strcmp(group->via, "malloc") == 0);
        EXPECT(group->frames >= 2);
        struct coalmine_block block;
        EXPECT_NUMBER(coalmine_describe(group->example, &block), 1);
        EXPECT(block.alloc_frames == group->frames &&
               memcmp(block.alloc_stack, group->stack, group->frames * sizeof(void *)) == 0);
        if (group->indirect_blocks == 2) {
            EXPECT(is_in(group->stack[0], lose_list));
        }
    }
}

int main(void)
{
    struct coalmine_leaks leaks;
    memset(&leaks, 0x5a, sizeof leaks);
    EXPECT_NUMBER(coalmine_leak_check(0, &leaks), 0);
    EXPECT(leaks.blocks == 0 && leaks.groups == 0 && leaks.listed == 0 && *leaks.text == '\0');
    EXPECT(*leaks.incomplete == '\0');
    coalmine_leaks_free(&leaks);
    coalmine_leaks_free(&leaks);
    lose_list();
    lose(2, 70);
    keep_interior();
    EXPECT_NUMBER(coalmine_leak_check(0, &leaks), 6);
    EXPECT(leaks.blocks == 4 && leaks.bytes == 48 + 140 + 500);
    EXPECT(leaks.indirect_blocks == 2 && leaks.indirect_bytes == 96);
    EXPECT(leaks.groups == 3 && leaks.listed == 3);
    EXPECT(leaks.group[0].kind == COALMINE_LEAK_POSSIBLE && leaks.group[0].bytes == 500);
    check_groups(&leaks);
    forget();
    EXPECT(strstr(leaks.text, "#0 lose_list ") && strstr(leaks.text, "result_of_a_check.c:"));
    EXPECT(strstr(leaks.text, "ERROR: leak: possible: 500 bytes in 1 block"));
    EXPECT(strstr(leaks.text, "96 bytes in 2 blocks reachable only from it"));
    coalmine_leaks_free(&leaks);
    EXPECT(leaks.text[0] == '\0' && leaks.groups == 0);
    expected();
    return 0;
}
