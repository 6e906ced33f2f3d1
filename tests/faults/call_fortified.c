/* What a program built with _FORTIFY_SOURCE calls where the compiler knows no size, or a wrong one.
 */
#include <stdlib.h>
#include <string.h>

/* Exactly so many bytes. */
static void *block(size_t size)
{
    return malloc(size); /* @alloc */
}

void *__memcpy_chk(void *, const void *, size_t, size_t);
void *__memset_chk(void *, int, size_t, size_t);
char *__strcpy_chk(char *, const char *, size_t);
char *__stpcpy_chk(char *, const char *, size_t);
char *__strncpy_chk(char *, const char *, size_t, size_t);
char *__strcat_chk(char *, const char *, size_t);
char *__strncat_chk(char *, const char *, size_t, size_t);

static volatile size_t n25 = 25, any = -1;
static char text[] = "0123456789012345678901234567890123456789";

int main(void)
{
    char *p;
    p = block(24);
    memset(p, 'x', 24);
    __memcpy_chk(p, text, n25, any); /* @memcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    __memset_chk(p, 0, n25, any); /* @memset */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    __strcpy_chk(p, text, any); /* @strcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    __stpcpy_chk(p, text, any); /* @stpcpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    __strncpy_chk(p, text, n25, any); /* @strncpy */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    p[20] = 0, __strcat_chk(p, "12345", any); /* @strcat */
    free(p);
    p = block(24);
    memset(p, 'x', 24);
    p[20] = 0, __strncat_chk(p, text, 4, any); /* @strncat */
    free(p);
    return 0;
}
