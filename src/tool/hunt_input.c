#include "tool/hunt_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/complain.h"

enum { PIECE = 64 * 1024 };

bool hunt_input_start(struct hunt_input *input, const char *folder)
{
    struct stat status;
    *input = (struct hunt_input){.kind = INPUT_AS_IT_IS, .kept = -1};
    if (fstat(STDIN_FILENO, &status) != 0) {
        return true;
    }
    if (S_ISREG(status.st_mode)) {
        input->kind = INPUT_FILE;
        input->start = lseek(STDIN_FILENO, 0, SEEK_CUR);
    } else if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
        char *path = make_text("%s/input", folder);
        input->kind = INPUT_STREAM;
        input->kept = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (input->kept < 0) {
            complain("cannot keep standard input in %s: %s", path, strerror(errno));
        }
        free(path);
        return input->kept >= 0;
    }
    return true;
}

static bool write_whole(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        data += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* What earlier runs were given. */
static bool feed_kept(int kept, int to)
{
    static char piece[PIECE];
    off_t at = 0;
    for (ssize_t got; (got = pread(kept, piece, sizeof piece, at)) != 0; at += got) {
        if (got < 0 || !write_whole(to, piece, (size_t)got)) {
            return false;
        }
    }
    return lseek(kept, at, SEEK_SET) == at;
}

/* What nobody had yet. A signal that ends this process comes only where nothing was taken that is
 * not kept. */
static void feed_rest(int kept, int to)
{
    static char piece[PIECE];
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        sigprocmask(SIG_BLOCK, &ending, &before);
        ssize_t got = ppoll(&ready, 1, NULL, &before) < 0 ? -1 : read(STDIN_FILENO, piece, PIECE);
        bool kept_it = got > 0 && write_whole(kept, piece, (size_t)got);
        int error = errno;
        sigprocmask(SIG_SETMASK, &before, NULL);
        if (got < 0 && (error == EINTR || error == EAGAIN)) {
            continue;
        }
        if (got <= 0 || !kept_it || !write_whole(to, piece, (size_t)got)) {
            return;
        }
    }
}

static _Noreturn void feed(int kept, int to)
{
    signal(SIGINT, SIG_IGN); /* typed at the program */
    signal(SIGQUIT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN); /* the program need not read to the end */
    signal(SIGTERM, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (feed_kept(kept, to)) {
        feed_rest(kept, to);
    }
    _exit(0);
}

int hunt_input_open(struct hunt_input *input, pid_t *feeder)
{
    int ends[2];
    *feeder = 0;
    if (input->kind == INPUT_FILE) {
        (void)!lseek(STDIN_FILENO, input->start, SEEK_SET);
    }
    if (input->kind != INPUT_STREAM) {
        return STDIN_FILENO;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        complain("no pipe for standard input: %s", strerror(errno));
        return -1;
    }
    *feeder = fork();
    if (*feeder == 0) {
        close(ends[0]);
        feed(input->kept, ends[1]);
    }
    close(ends[1]);
    if (*feeder < 0) {
        complain("no process to feed standard input: %s", strerror(errno));
        close(ends[0]);
        return -1;
    }
    return ends[0];
}

void hunt_input_close(int descriptor, pid_t feeder)
{
    if (feeder > 0) {
        close(descriptor);
        kill(feeder, SIGTERM);
        while (waitpid(feeder, NULL, 0) < 0 && errno == EINTR) {
        }
    }
}
