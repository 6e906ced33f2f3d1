/* Says whether the kernel marked it as privileged, and writes one byte too many. */
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(void)
{
    const char *words = getauxval(AT_SECURE) != 0 ? "secure\n" : "plain\n";
    volatile char *p = malloc(22);
    p[22] = 0;
    free((void *)p);
    return write(1, words, words[0] == 's' ? 7 : 6) > 0 ? 0 : 1;
}
