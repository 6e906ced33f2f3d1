/* Writes just past the end, by one byte, across the end and by a page; told once each, not again by
 * the canary at the release. */
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

static void across(void)
{
    char *block = malloc(32);
    long word = 0x4142434445464748;
    *(volatile long *)(void *)(block + 28) = word; /* @across */
    free(block);
}

static void past(void)
{
    volatile char *block = malloc(32); /* @first */
    block[32] = 'x';                   /* @one_past */
    block[33] = 'y';                   /* the page is open now */
    free((void *)block);
}

static void page_past(void)
{
    volatile int *block = malloc(64);
    block[16 + PAGE / 4 - 1] = 1; /* @page_past */
    free((void *)block);
}

int main(void)
{
    past();
    across();
    page_past();
    return 0;
}
