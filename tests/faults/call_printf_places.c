/* A string without its end among the arguments, wherever a call may have it: in a register, on the
 * stack, behind numbers of all types, a width, a precision, long text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char to[400];

int main(void)
{
    char *p = malloc(8); /* @alloc */
    memset(p, 'x', 8);
    printf("%s ", p);                                                               /* @first */
    printf("%d %d %d %d %d %s ", 1, 2, 3, 4, 5, p);                                 /* @second */
    snprintf(to, sizeof to, "%f and a longer text, a%c%% %-9s", 1.5, 'a', p);       /* @third */
    sprintf(to, "%d%s %d%d%d%d %.8s%s", 1, "", 2, 3, 4, 5, p, p);                   /* @fourth */
    fprintf(stderr, "%Lf %ld %*d%.*s%s\n", (long double)1, 2l, 3, 4, 5, "text", p); /* @fifth */
    const char *many = "%d%d%d%f%f%f%f%f%f%f%f%f%s";
    snprintf(to, sizeof to, many, 1, 2, 3, 1., 2., 3., 4., 5., 6., 7., 8., 9., p); /* @sixth */
    snprintf(to, sizeof to, "%.9s", p);                                            /* @seventh */
    free(p);
    return 0;
}
