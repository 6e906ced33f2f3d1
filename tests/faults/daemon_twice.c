/* A daemon: the process that was started ends well, and so does what goes on in the background. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    (void)argv;
    char *kept = malloc(20);
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) {
        return 1;
    }
    pid_t waiting = fork();
    if (waiting != 0) {
        char word;
        close(pipe_ends[1]);
        free(kept);
        return waiting < 0 || read(pipe_ends[0], &word, 1) != 0; /* until the daemon has ended */
    }
    if (daemon(0, argc > 5) != 0) {
        _exit(1);
    }
    char *volatile block = malloc(24);
    block[24] = 1;
    free(block);
    free(kept);
    exit(0);
}
