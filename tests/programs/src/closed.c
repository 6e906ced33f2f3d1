/* Runs without standard input, output and error: files that the program opens then get the numbers
 * 0, 1 and 2. One mistake is made, and nothing of its report may end up in those files. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int file = open(argv[i], O_CREAT | O_WRONLY | O_APPEND, 0600);
        if (file != i - 1 || write(file, "mine\n", 5) != 5) {
            return 1;
        }
    }
    volatile char *p = malloc(22);
    p[22] = 0;
    free((void *)p);
    return 0;
}
