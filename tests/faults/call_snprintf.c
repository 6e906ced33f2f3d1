/* snprintf with a size larger than the block: only text that leaves it is an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __snprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, ...);

int main(void)
{
    char *p = malloc(10); /* @alloc */
    int fits = snprintf(p, 100, "%s %d", "text", 1234);
    int measured = snprintf(NULL, 0, "%s %d", "text", 123456789);
    int cut = snprintf(p, 10, "%s %d", "text", 123456789);
    printf("%d %d %d %s ", fits, measured, cut, p);
    printf("%d ", snprintf(p, 100, "%s %d", "text", 123456)); /* @first */
    printf("%d ", snprintf(p, 11, "%s %d", "text", 123456)); /* @second */
    printf("%d ", __snprintf_chk(p, 12, 1, 12, "%s %s", p, "a")); /* @third */
    free(p);
    return 0;
}
