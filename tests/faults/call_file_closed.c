/* A stream that is used after fclose() has freed it. */
#include <stdio.h>

int main(void)
{
    char text[4] = "abc";
    FILE *nowhere = fopen("/dev/null", "w"); /* @alloc */
    fclose(nowhere);                         /* @free */
    return fwrite(text, 0, 0, nowhere) != 0; /* @use */
}
