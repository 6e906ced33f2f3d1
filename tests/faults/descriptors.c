/* What the library keeps open in the program's table is out of the way: a program that opens a file
 * gets the number that it would get without, and one that closes numbers which it did not open hits
 * nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROGRAMS_OWN = 800 };

int main(void)
{
    free(malloc(10));
    for (int fd = 3; fd < PROGRAMS_OWN; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("%d is open\n", fd);
            return 1;
        }
    }
    return open("/dev/null", O_RDONLY | O_CLOEXEC) == 3 ? 0 : 2;
}
