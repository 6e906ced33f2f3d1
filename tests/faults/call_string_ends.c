/* Strings that end where their block does, or before, or where a page ends behind which the program
 * itself let nobody in: the functions on them answer as ever, and there is nothing to tell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <wchar.h>

enum { PAGE = 4096, LENGTHS = 72, BEFORE = 18 };

static size_t (*volatile length)(const char *) = strlen;
static size_t (*volatile length_within)(const char *, size_t) = strnlen;
static int (*volatile compare)(const char *, const char *) = strcmp;
static int (*volatile compare_within)(const char *, const char *, size_t) = strncmp;
static int (*volatile compare_letters)(const char *, const char *) = strcasecmp;
static int (*volatile collate)(const char *, const char *) = strcoll;
static char *(*volatile find)(const char *, int) = strchr;
static int (*volatile print)(char *, size_t, const char *, ...) = snprintf;
static int (*volatile compare_wide)(const wchar_t *, const wchar_t *) = wcscmp;

static void require(int condition, const char *what, size_t bytes)
{
    if (!condition) {
        printf("%s of %zu bytes\n", what, bytes);
        exit(3);
    }
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void compare_all(const char *a, const char *b, size_t bytes, int expected, size_t same)
{
    require(sign(compare(a, b)) == expected, "strcmp", bytes);
    require(sign(compare(b, a)) == -expected, "strcmp", bytes);
    require(sign(collate(a, b)) == expected, "strcoll", bytes);
    require(sign(compare_letters(a, b)) == expected, "strcasecmp", bytes);
    require(compare_within(a, b, same) == 0, "strncmp", bytes);
    require(sign(compare_within(a, b, same + 1)) == expected, "strncmp", bytes);
    require(sign(compare_within(a, b, bytes + 30)) == expected, "strncmp", bytes);
    require(compare_within(a, NULL, 0) == 0, "strncmp", bytes);
}

/* `text` has room for no more than `bytes` characters and their end. */
static void try_all(char *text, size_t bytes)
{
    char *other = malloc(bytes + 1), made[LENGTHS + 1];
    memset(text, 'k', bytes);
    text[bytes] = '\0';
    memcpy(other, text, bytes + 1);
    require(length(text) == bytes, "strlen", bytes);
    require(length_within(text, bytes) == bytes, "strnlen", bytes);
    require(length_within(text, bytes + 1) == bytes, "strnlen", bytes);
    require(find(text, 'z') == NULL, "strchr", bytes);
    require(find(text, '\0') == text + bytes, "strchr", bytes);
    require(print(made, sizeof made, "%s", text) == (int)bytes, "snprintf", bytes);
    require(memcmp(made, text, bytes + 1) == 0, "snprintf", bytes);
    compare_all(text, other, bytes, 0, bytes);
    compare_all(text, made, bytes, 0, bytes); /* its block is the only one */
    for (size_t i = 0; i < bytes; i++) {
        other[i] = 'm';
        compare_all(text, other, bytes, -1, i);
        other[i] = '\0';
        compare_all(text, other, bytes, 1, i);
        other[i] = 'k';
    }
    free(other);
}

static void try_in_blocks(size_t bytes)
{
    static const size_t behind[] = {0, 1, 7, 8, 15, 16, 40, 5000};
    for (size_t before = 0; before < BEFORE; before++) {
        for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
            char *block = malloc(before + bytes + 1 + behind[i]);
            memset(block, 'x', before + bytes + 1 + behind[i]);
            try_all(block + before, bytes);
            free(block);
        }
    }
}

static void try_wide(size_t count)
{
    wchar_t *a = calloc(count + 1, sizeof *a), *b = calloc(count + 1, sizeof *b);
    wmemset(a, L'k', count);
    wmemset(b, L'k', count);
    require(compare_wide(a, b) == 0, "wcscmp", count);
    free(a);
    free(b);
}

int main(void)
{
    char *pages = NULL;
    if (posix_memalign((void **)&pages, PAGE, 4 * PAGE) != 0 ||
        mprotect(pages + 3 * PAGE, PAGE, PROT_NONE) != 0) {
        return 2;
    }
    for (size_t bytes = 0; bytes < LENGTHS; bytes++) {
        try_in_blocks(bytes);
        try_wide(bytes);
        for (size_t left = bytes + 1; left < bytes + BEFORE; left++) {
            memset(pages + 3 * PAGE - left, 'x', left);
            try_all(pages + 3 * PAGE - left, bytes); /* the page behind is shut */
            memset(pages + PAGE - left, 'x', 2 * left);
            try_all(pages + PAGE - left, bytes); /* the block's last page is, far behind */
        }
    }
    wmemcpy((wchar_t *)pages, L"wide", 5); /* the shut page is the block's last here as well */
    require(compare_wide((wchar_t *)pages, L"wide") == 0, "wcscmp", 4);
    mprotect(pages + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE);
    free(pages);
    puts("all as ever");
    return 0;
}
