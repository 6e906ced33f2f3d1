/* Functions that read wide characters, beyond the end of a block of six. */
#include <stdlib.h>
#include <wchar.h>

/* Exactly so many bytes. */
static void *block(size_t size)
{
    return malloc(size); /* @alloc */
}

static volatile size_t n6 = 6, n7 = 7;
static wchar_t text[] = L"0123456789", sixes[] = L"xxxxxxxxxx", to[4096];
static volatile size_t used;

int main(void)
{
    wchar_t *p, *rest;
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcslen(p); /* @wcslen */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcsnlen(p, n7); /* @wcsnlen */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wmemcmp(p, text, n7); /* @wmemcmp */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wmemchr(p, L'?', n7) != NULL; /* @wmemchr */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcscmp(p, sixes); /* @wcscmp */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcsncmp(sixes, p, n7); /* @wcsncmp */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcscasecmp(p, sixes); /* @wcscasecmp */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcscoll(p, sixes); /* @wcscoll */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcschr(p, L'?') != NULL; /* @wcschr */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcsrchr(p, L'?') != NULL; /* @wcsrchr */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcsstr(p, L"xy") != NULL; /* @wcsstr */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcsspn(p, L"xy"); /* @wcsspn */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcscspn(p, L"ab"); /* @wcscspn */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    used = wcspbrk(p, L"ab") != NULL; /* @wcspbrk */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcstok(p, L",", &rest); /* @wcstok */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wmemset(p, L'1', 6), used = wcstol(p, NULL, 10); /* @wcstol */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wmemset(p, L'1', 6), used = wcstod(p, NULL); /* @wcstod */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    free(wcsdup(p)); /* @wcsdup */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcscpy(to, p); /* @wcscpy */
    free(p);
    return 0;
}
