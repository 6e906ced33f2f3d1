/* Arguments of %s without a terminator in their block, and one within its precision. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __printf_chk(int flag, const char *format, ...);

int main(void)
{
    char *p = malloc(8); /* @alloc */
    memset(p, 'x', 8);
    printf("%d %.8s %.*s ", 1, p, 3, p);
    char text[64];
    snprintf(text, sizeof text, "%d%s", 2, p);         /* @first */
    printf("%2$.0s%1$.9s ", p, "");                   /* @second */
    __printf_chk(1, "%f %Lf %s\n", 1.5, (long double)2.5, p + 7); /* @third */
    free(p);
    return 0;
}
