/* Calls at the very edges of blocks, with nothing to do, or that stop before the end: nothing is
 * told. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static volatile size_t none = 0, n8 = 8, used;

int main(void)
{
    char *p = malloc(24), *q = malloc(8), *empty = malloc(0);
    memset(p, 'x', 24);
    memcpy(q, p + 16, n8);
    memset(p + 24, 0, none);
    memcpy(empty, NULL, none);
    memmove(p - 100, p + 24, none);
    used = memcmp(p + 24, empty, none);
    used = strncmp(p + 24, "a", none);
    used = strnlen(p, 24);
    used = strnlen(p + 24, none);
    p[23] = '!';
    used = strchr(p, '!') != NULL;
    used = memchr(p, '!', none - 1) != NULL;
    used = rawmemchr(p, '!') != NULL;
    used = strcspn(p, "!");
    used = strpbrk(p, "?!") != NULL;
    used = strspn(p, "x");
    used = strstr(p, "x!") != NULL;
    used = strcmp(p, "xxx");
    used = strncmp(p, p, 24);
    used = strcasecmp("xxxxxxxxxxxxxxxxxxxxxxxxx", p);
    strncpy(q, p, n8);
    memccpy(q, p + 20, '!', 100);
    free(strndup(p, 24));
    memcpy(p, "12345678901234567890123 ", 24);
    used = atoi(p);
    used = strtol(p, NULL, 10);
    strcpy(p, "12345678901234567890123");
    used = strlen(p) + atoi(p) + (size_t)strtod(p, NULL);
    strtok(p, ",");
    wchar_t *w = malloc(16);
    wmemset(w, L'x', 4);
    used = wcsnlen(w, 4) + wcsncmp(w, w, 4) + (wcschr(w, L'x') != NULL);
    free(w);
    free(p);
    free(q);
    free(empty);
    return 0;
}
