#include "tool/ctl_connect.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/control_protocol.h"
#include "tool/complain.h"

enum { LISTENS = 0x10000 }; /* in the flags of /proc/net/unix */

struct search {
    pid_t pid;
    unsigned timeout_s;
    bool hinted;      /* only names that say the process id; else only the others */
    bool is_anothers; /* found, but of a user that is neither root nor us */
    unsigned owner;
};

/* The name tells whom to try first; who listens is what the kernel says. */
static int try_name(struct search *search, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length >= sizeof address.sun_path) {
        return -1;
    }
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = search->timeout_s};
    struct ucred peer;
    socklen_t peer_bytes = sizeof peer;
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        connect(fd, (struct sockaddr *)&address, bytes) == 0 &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_bytes) == 0 &&
        peer.pid == search->pid) {
        search->owner = peer.uid;
        search->is_anothers = peer.uid != 0 && peer.uid != geteuid() && geteuid() != 0;
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* "@NAME" of a listening socket in a line of /proc/net/unix, without the '@'; NULL if it is none of
 * ours. */
static const char *listening_name(char *line)
{
    unsigned long flags;
    char *at = strstr(line, " @" CONTROL_NAME);
    if (!at || sscanf(line, "%*x: %*x %*x %lx", &flags) != 1 || !(flags & LISTENS)) {
        return NULL;
    }
    at[strcspn(at, "\n")] = '\0';
    return at + 2;
}

static int search_list(struct search *search, const char *path)
{
    FILE *list = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    int fd = -1;
    while (list && fd < 0 && getline(&line, &room, list) > 0) {
        const char *name = listening_name(line);
        if (name) {
            bool says_so = strtol(name + strlen(CONTROL_NAME), NULL, 10) == search->pid;
            fd = says_so == search->hinted ? try_name(search, name) : -1;
        }
    }
    free(line);
    if (list) {
        fclose(list);
    }
    return fd;
}

/* Its own list may be that of a name space it entered after the start: then ours has it. */
static int search_lists(struct search *search)
{
    char *its_own = make_text("/proc/%d/net/unix", (int)search->pid);
    int fd = -1;
    for (int pass = 0; pass < 2 && fd < 0; pass++) {
        search->hinted = pass == 0;
        fd = search_list(search, its_own);
        fd = fd < 0 ? search_list(search, "/proc/net/unix") : fd;
    }
    free(its_own);
    return fd;
}

static int open_space(pid_t pid, const char *which)
{
    char *path = make_text("/proc/%d/ns/%s", (int)pid, which);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    return fd;
}

static bool is_our_space(int space, const char *path)
{
    struct stat its, ours;
    return space >= 0 && fstat(space, &its) == 0 && stat(path, &ours) == 0 &&
           its.st_dev == ours.st_dev && its.st_ino == ours.st_ino;
}

/* Into the network name space of a process in a container; of a user's own container by way of its
 * user name space. False if it is the one we are in, or closed to us. */
static bool enter_network(pid_t pid)
{
    int network = open_space(pid, "net"), user = open_space(pid, "user");
    bool entered = false;
    if (network >= 0 && !is_our_space(network, "/proc/self/ns/net")) {
        entered = setns(network, CLONE_NEWNET) == 0;
        if (!entered && user >= 0 && !is_our_space(user, "/proc/self/ns/user")) {
            entered = setns(user, CLONE_NEWUSER) == 0 && setns(network, CLONE_NEWNET) == 0;
        }
    }
    if (network >= 0) {
        close(network);
    }
    if (user >= 0) {
        close(user);
    }
    return entered;
}

static bool has_library(pid_t pid)
{
    char *path = make_text("/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool found = false;
    while (maps && !found && getline(&line, &room, maps) > 0) {
        found = strstr(line, "/libcoalmine.so") != NULL;
    }
    free(line);
    free(path);
    if (maps) {
        fclose(maps);
    }
    return found;
}

static void complain_of_none(pid_t pid)
{
    if (kill(pid, 0) != 0 && errno == ESRCH) {
        complain("there is no process %d", (int)pid);
    } else {
        complain("process %d %s: start it with 'coalmine --control=on PROGRAM', or with "
                 "control=on in COALMINE_OPTIONS",
                 (int)pid,
                 has_library(pid) ? "has no control socket" : "does not answer questions");
    }
}

int ctl_connect(pid_t pid, unsigned timeout_s)
{
    struct search search = {.pid = pid, .timeout_s = timeout_s};
    int fd = search_lists(&search);
    if (fd < 0 && enter_network(pid)) {
        fd = search_lists(&search);
    }
    if (fd < 0) {
        complain_of_none(pid);
        return -1;
    }
    if (search.is_anothers) {
        complain("process %d belongs to user %u: only that user and root may ask it", (int)pid,
                 search.owner);
        close(fd);
        return -1;
    }
    return fd;
}
