/* Strings in blocks of which the program shut other pages: those must not be looked at. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 16 };

static void print(char *from, size_t shut)
{
    char to[100];
    strcpy(from, "in front");
    if (mprotect(from + shut, PAGE, PROT_NONE) != 0) {
        puts("not shut");
    }
    snprintf(to, sizeof to, "%s, %.30s, %f", from, from, 1.0);
    printf("%s; ", to);
    mprotect(from + shut, PAGE, PROT_READ | PROT_WRITE);
}

int main(void)
{
    char *whole = aligned_alloc(PAGE, PAGES * PAGE);
    memset(whole, 0, PAGES * PAGE);
    print(whole, PAGE);
    print(whole, (PAGES - 1) * PAGE);
    print(whole + (PAGES - 2) * PAGE, PAGE);
    free(whole);

    char *part = calloc(1, PAGES * PAGE + 5);
    char *page = part + (-(uintptr_t)part & (PAGE - 1));
    print(page, PAGE);
    print(page, (PAGES - 2) * PAGE);
    free(part);
    return 0;
}
