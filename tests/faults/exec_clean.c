/* A clean program that becomes another one says nothing; that one has its line. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    free(malloc(10));
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}
