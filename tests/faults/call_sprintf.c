/* Text that is longer than its block, by sprintf, vsprintf and as _FORTIFY_SOURCE calls them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...);

static int by_list(char *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsprintf(to, format, arguments); /* @second */
    va_end(arguments);
    return length;
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        char *p = malloc(8); /* @alloc */
        int length = i == 0   ? sprintf(p, "%s-%d", "seven", 77) /* @first */
                     : i == 1 ? by_list(p, "%5.1f|%c%c%c", 123.25, 'a', 'b', 'c')
                              : __sprintf_chk(p, 1, (size_t)-1, "%s+%s", "1", "1234567"); /* @third */
        printf("%d %.8s ", length, p);
        free(p);
    }
    return 0;
}
