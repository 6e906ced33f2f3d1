/* Functions that write wide characters, beyond the end of a block of six. */
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
    wmemcpy(p, text, n7); /* @wmemcpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wmemmove(p + 1, text, n7); /* @wmemmove */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wmempcpy(p, text, n7); /* @wmempcpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wmemset(p, L'y', n7); /* @wmemset */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcscpy(p, L"012345"); /* @wcscpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcpcpy(p, text); /* @wcpcpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcsncpy(p, L"1", n7); /* @wcsncpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    wcpncpy(p, text, n7); /* @wcpncpy */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    p[4] = 0, wcscat(p, L"12"); /* @wcscat */
    free(p);
    p = block(24);
    wmemset(p, L'x', 6);
    p[4] = 0, wcsncat(p, text, 3); /* @wcsncat */
    free(p);
    return 0;
}
