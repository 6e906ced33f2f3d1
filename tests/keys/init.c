/* The first process of the emulated machine: runs what it finds in /jobs, one after the other, and
 * sends what comes of it over the second serial port. Then the machine is switched off.
 *
 * /jobs/NAME/argv holds a command, one word a line; /jobs/NAME/environment likewise. A job may
 * leave files in /jobs/NAME/out. Sent are, for each job and in this order, pieces
 *
 *     NAME/WHAT LENGTH\n  and then so many bytes
 *
 * WHAT is pid, ms (how long it took), stdout, stderr, out/FILE, and last status, as wait(2) has it.
 * Before all, proc/cpuinfo and proc/version. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 64, PATH = 512, JOB_MOST_S = 60 };

static FILE *port;
static sigset_t unblocked, child_ends;

static void send_bytes(const char *job, const char *what, const char *data, size_t length)
{
    fprintf(port, "%s/%s %zu\n", job, what, length);
    fwrite(data, 1, length, port);
    fflush(port);
}

static void send_number(const char *job, const char *what, int number)
{
    char text[16];
    send_bytes(job, what, text, (size_t)snprintf(text, sizeof text, "%d", number));
}

/* The whole file, whatever its size is said to be (/proc); an empty text where there is none. */
static char *read_file(const char *path, size_t *length)
{
    size_t room = 4096;
    char *data = calloc(1, room);
    int fd = open(path, O_RDONLY);
    ssize_t got = 0;
    for (*length = 0; fd >= 0 && (got = read(fd, data + *length, room - *length - 1)) > 0;) {
        *length += (size_t)got;
        if (room - *length < 2048) {
            data = realloc(data, room *= 2);
        }
    }
    data[*length] = '\0';
    if (fd >= 0) {
        close(fd);
    }
    return data;
}

static void send_file(const char *folder, const char *job, const char *what)
{
    char path[PATH];
    size_t length;
    snprintf(path, sizeof path, "%s/%s/%s", folder, job, what);
    char *data = read_file(path, &length);
    send_bytes(job, what, data, length);
    free(data);
}

static void send_folder(const char *job)
{
    char path[PATH], what[PATH];
    snprintf(path, sizeof path, "/jobs/%s/out", job);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] != '.') {
            snprintf(what, sizeof what, "out/%s", entry->d_name);
            send_file("/jobs", job, what);
        }
    }
    if (folder) {
        closedir(folder);
    }
}

/* The lines of a file, as argv and environ are. */
static char **read_words(const char *job, const char *what)
{
    static char *lists[2][WORDS + 1];
    static int turn;
    char **list = lists[turn ^= 1], path[PATH];
    size_t length, count = 0;
    snprintf(path, sizeof path, "/jobs/%s/%s", job, what);
    for (char *at = read_file(path, &length), *line; (line = strsep(&at, "\n"));) {
        if (line[0] && count < WORDS) {
            list[count++] = line;
        }
    }
    list[count] = NULL;
    return list;
}

static void point(int to, const char *job, const char *file)
{
    char path[PATH];
    snprintf(path, sizeof path, "/jobs/%s/%s", job, file);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, to);
    close(fd);
}

static void become(const char *job)
{
    char **argv = read_words(job, "argv"), **environment = read_words(job, "environment");
    struct rlimit none = {0, 0};
    setsid();
    setrlimit(RLIMIT_CORE, &none);
    point(1, job, "stdout");
    point(2, job, "stderr");
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    execve(argv[0], argv, environment);
    dprintf(2, "init: %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void run(const char *job)
{
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    pid_t child = fork();
    if (child == 0) {
        become(job);
    }
    int status = 0;
    struct timespec most = {.tv_sec = JOB_MOST_S};
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (sigtimedwait(&child_ends, NULL, &most) < 0 && errno == EAGAIN) {
            kill(child, SIGKILL);
        }
    }
    kill(-child, SIGKILL); /* what it left behind */
    while (waitpid(-child, NULL, 0) > 0) {
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    send_number(job, "pid", child);
    send_number(
        job, "ms",
        (int)((ended.tv_sec - begun.tv_sec) * 1000 + (ended.tv_nsec - begun.tv_nsec) / 1000000));
    send_file("/jobs", job, "stdout");
    send_file("/jobs", job, "stderr");
    send_folder(job);
    send_number(job, "status", status);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void open_port(void)
{
    struct termios raw;
    int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY);
    if (fd < 0 || tcgetattr(fd, &raw) != 0) {
        perror("init: /dev/ttyS1");
        reboot(RB_POWER_OFF);
    }
    cfmakeraw(&raw);
    tcsetattr(fd, TCSANOW, &raw);
    port = fdopen(fd, "w");
}

int main(void)
{
    struct dirent **jobs;
    mount("none", "/dev", "devtmpfs", 0, NULL);
    mount("none", "/proc", "proc", 0, NULL);
    open_port();
    send_file("/", "proc", "cpuinfo");
    send_file("/", "proc", "version");
    sigemptyset(&child_ends);
    sigaddset(&child_ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ends, &unblocked);
    int count = scandir("/jobs", &jobs, NULL, by_name);
    for (int i = 0; i < count; i++) {
        if (jobs[i]->d_name[0] != '.') {
            run(jobs[i]->d_name);
        }
    }
    tcdrain(fileno(port));
    reboot(RB_POWER_OFF);
    return 0;
}
