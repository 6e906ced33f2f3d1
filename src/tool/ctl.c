#include "tool/ctl.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/control_protocol.h"
#include "tool/complain.h"
#include "tool/ctl_connect.h"

enum { TIMEOUT_S = 120, TIMEOUT_MOST_S = 24 * 60 * 60, PID_MOST = 1 << 22 };

struct request {
    long pid;
    unsigned timeout_s;
    bool json;
    const char *command;
    const char *argument; /* NULL: none */
};

struct answer {
    bool done; /* the command was carried out */
    int status;
    char *text;
    size_t length;
};

static bool complain_of_usage(const char *words, const char *which)
{
    complain(
        "%s%s; it is 'coalmine ctl [--json] [--timeout=SECONDS] PID COMMAND', with COMMAND one "
        "of check, leaks, mark, new-leaks, snapshot FILE, stats, why ADDRESS",
        words, which);
    return false;
}

static bool take_number(const char *text, long most, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *out > 0 && *out <= most;
}

static bool take_option(struct request *request, const char *option)
{
    static const char timeout[] = "--timeout=";
    if (strcmp(option, "--json") == 0) {
        request->json = true;
        return true;
    }
    if (strncmp(option, timeout, sizeof timeout - 1) == 0) {
        long seconds;
        if (!take_number(option + sizeof timeout - 1, TIMEOUT_MOST_S, &seconds)) {
            return complain_of_usage("not a number of seconds: ", option);
        }
        request->timeout_s = (unsigned)seconds;
        return true;
    }
    return complain_of_usage("unknown option ", option);
}

static bool take_arguments(struct request *request, char **arguments)
{
    *request = (struct request){.timeout_s = TIMEOUT_S};
    const char *words[3] = {NULL};
    size_t count = 0;
    for (char **p = arguments; *p; p++) {
        if (strncmp(*p, "--", 2) == 0) {
            if (!take_option(request, *p)) {
                return false;
            }
        } else if (count == sizeof words / sizeof *words) {
            return complain_of_usage("too many arguments: ", *p);
        } else {
            words[count++] = *p;
        }
    }
    if (count < 2) {
        return complain_of_usage(count == 0 ? "no process is given" : "no command is given", "");
    }
    if (!take_number(words[0], PID_MOST, &request->pid)) {
        return complain_of_usage("not a process id: ", words[0]);
    }
    request->command = words[1];
    request->argument = words[2];
    if (strcmp(words[1], "snapshot") == 0 && !words[2]) {
        return complain_of_usage("snapshot needs a file", "");
    }
    return true;
}

static bool is_snapshot(const struct request *request)
{
    return strcmp(request->command, "snapshot") == 0;
}

static bool send_question(int fd, const struct request *request)
{
    /* the file of a snapshot is this command's, in this directory, with this user's rights */
    const char *argument = is_snapshot(request) ? NULL : request->argument;
    char *line = make_text(CONTROL_GREETING "%s %s%s%s\n", request->json ? "json" : "text",
                           request->command, argument ? " " : "", argument ? argument : "");
    size_t length = strlen(line);
    bool fits = length <= CONTROL_LINE_MOST;
    bool sent = fits && send(fd, line, length, MSG_NOSIGNAL) == (ssize_t)length;
    if (!fits) {
        complain("the command is too long");
    }
    free(line);
    return sent || fits; /* who refuses at once has answered already */
}

/* Bytes received; fewer than asked for where the other end hangs up; -1 after a complaint. */
static ssize_t receive(int fd, const struct request *request, char *out, size_t length)
{
    size_t have = 0;
    while (have < length) {
        ssize_t got = recv(fd, out + have, length - have, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            complain("process %ld did not answer within %u s (--timeout)", request->pid,
                     request->timeout_s);
            return -1;
        }
        if (got <= 0) {
            break;
        }
        have += (size_t)got;
    }
    return (ssize_t)have;
}

static bool receive_first_line(int fd, const struct request *request, struct answer *answer)
{
    char line[CONTROL_LINE_MOST + 1];
    size_t length = 0;
    ssize_t got = 1;
    while (length < CONTROL_LINE_MOST && (length == 0 || line[length - 1] != '\n') && got == 1) {
        got = receive(fd, request, line + length, 1);
        length += got > 0;
    }
    line[length] = '\0';
    char word[4];
    int end = 0;
    if (sscanf(line, CONTROL_GREETING "%3s %d %zu%n", word, &answer->status, &answer->length,
               &end) == 3 &&
        line[end] == '\n') {
        answer->done = strcmp(word, "ok") == 0;
        return true;
    }
    if (got >= 0) {
        complain(length == 0 ? "process %ld hung up: it ended, or runs another program now"
                             : "process %ld gives an answer that this version does not understand",
                 request->pid);
    }
    return false;
}

static bool receive_answer(int fd, const struct request *request, struct answer *answer)
{
    if (!receive_first_line(fd, request, answer)) {
        return false;
    }
    answer->text = malloc(answer->length + 1);
    if (!answer->text) {
        complain("out of memory");
        return false;
    }
    ssize_t got = receive(fd, request, answer->text, answer->length);
    if (got >= 0 && (size_t)got < answer->length) {
        complain("process %ld hung up amid its answer", request->pid);
    }
    return got >= 0 && (size_t)got == answer->length;
}

/* What would steer the terminal of who asks becomes '?'. */
static void make_safe(struct answer *answer)
{
    for (size_t i = 0; i < answer->length; i++) {
        unsigned char c = (unsigned char)answer->text[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
            answer->text[i] = '?';
        }
    }
}

static bool write_out(FILE *out, const struct answer *answer)
{
    return fwrite(answer->text, 1, answer->length, out) == answer->length && fflush(out) == 0;
}

static bool write_file(const char *path, const struct answer *answer)
{
    FILE *out = fopen(path, "we");
    bool written = out && write_out(out, answer);
    if (out) {
        written = fclose(out) == 0 && written;
    }
    if (!written) {
        complain("%s: cannot be written: %s", path, strerror(errno));
    }
    return written;
}

static int hand_over(const struct request *request, struct answer *answer)
{
    if (!answer->done) {
        make_safe(answer);
        answer->text[answer->length] = '\0';
        answer->text[strcspn(answer->text, "\n")] = '\0';
        complain("process %ld: %s", request->pid, answer->text);
        return answer->status;
    }
    if (is_snapshot(request) && strcmp(request->argument, "-") != 0) {
        return write_file(request->argument, answer) ? answer->status : STATUS_FAILED;
    }
    if (!request->json && !is_snapshot(request)) {
        make_safe(answer);
    }
    if (!write_out(stdout, answer)) {
        complain("cannot write to standard output");
        return STATUS_FAILED;
    }
    return answer->status;
}

int ctl(char **arguments)
{
    struct request request;
    if (!take_arguments(&request, arguments)) {
        return STATUS_USAGE;
    }
    int fd = ctl_connect((pid_t)request.pid, request.timeout_s);
    if (fd < 0) {
        return STATUS_FAILED;
    }
    struct answer answer = {0};
    int status = STATUS_FAILED;
    if (send_question(fd, &request) && receive_answer(fd, &request, &answer)) {
        status = hand_over(&request, &answer);
    }
    free(answer.text);
    close(fd);
    return status;
}
