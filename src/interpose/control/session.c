#include "interpose/control/session.h"

#include <string.h>
#include <sys/types.h>

#include "base/control_protocol.h"
#include "interpose/control/commands.h"
#include "interpose/control/text.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/local_socket.h"

enum {
    QUESTION_MS = 2000, /* who connects and says nothing keeps others waiting no longer */
    PATIENCE_MS = 5000, /* for a client that does not take its answer */
};

/* Reads one line, its newline cut off. False: too long, too late, or the client went away. */
static bool receive_line(int fd, char line[CONTROL_LINE_MOST])
{
    uint64_t deadline_ms = os_clock_ms() + QUESTION_MS;
    size_t length = 0;
    while (length < CONTROL_LINE_MOST) {
        ssize_t got = os_local_receive(fd, line + length, CONTROL_LINE_MOST - length, deadline_ms);
        if (got <= 0) {
            return false;
        }
        char *end = memchr(line + length, '\n', (size_t)got);
        length += (size_t)got;
        if (end) {
            *end = '\0';
            return strlen(line) == (size_t)(end - line);
        }
    }
    return false;
}

static void send_answer(int fd, bool done, int status, const char *text, size_t length)
{
    char line[CONTROL_LINE_MOST];
    struct strbuf first;
    strbuf_init(&first, line, sizeof line);
    strbuf_printf(&first, CONTROL_GREETING "%s %d %zu\n", done ? "ok" : "no", status, length);
    if (os_local_send(fd, line, first.length, PATIENCE_MS)) {
        os_local_send(fd, text, length, PATIENCE_MS);
    }
}

static void refuse(int fd, int status, const char *text)
{
    send_answer(fd, false, status, text, strlen(text));
}

/* The word that `*text` starts with; moves `*text` behind it and a blank. */
static char *next_word(char **text)
{
    char *word = *text;
    *text = strchrnul(word, ' ');
    if (**text) {
        *(*text)++ = '\0';
    }
    return word;
}

static void carry_out(int fd, const struct control_command *command, enum now_form form,
                      const char *argument)
{
    struct control_text text;
    control_text_start(&text);
    struct control_call call = {.form = form, .argument = argument, .out = &text.buf};
    command->run(&call);
    if (control_text_settle(&text)) {
        send_answer(fd, !call.failed, call.status, text.data, text.length);
        control_text_free(&text);
    } else {
        refuse(fd, CONTROL_STATUS_FAILED, "no memory for the answer\n");
    }
}

static void refuse_command(int fd, const char *name)
{
    char room[256];
    struct strbuf text;
    strbuf_init(&text, room, sizeof room);
    strbuf_printf(&text, "unknown command '%.40s'; there are: ", name);
    control_command_list(&text);
    strbuf_char(&text, '\n');
    refuse(fd, CONTROL_STATUS_USAGE, room);
}

static void answer(int fd, char *line)
{
    static const char greeting[] = CONTROL_GREETING;
    if (strncmp(line, greeting, sizeof greeting - 1) != 0) {
        refuse(fd, CONTROL_STATUS_FAILED, "this is not a question that this version understands\n");
        return;
    }
    char *rest = line + sizeof greeting - 1;
    const char *form = next_word(&rest);
    const char *name = next_word(&rest);
    const struct control_command *command = control_command_find(name);
    bool as_json = strcmp(form, "json") == 0;
    if (!as_json && strcmp(form, "text") != 0) {
        refuse(fd, CONTROL_STATUS_USAGE, "unknown form; there are: text, json\n");
    } else if (!command) {
        refuse_command(fd, name);
    } else if (command->takes_argument != (*rest != '\0')) {
        refuse(fd, CONTROL_STATUS_USAGE,
               *rest ? "this command takes no argument\n" : "this command needs an argument\n");
    } else {
        carry_out(fd, command, as_json ? NOW_JSON : NOW_TEXT, rest);
    }
}

void control_session(int fd)
{
    char line[CONTROL_LINE_MOST];
    if (!os_local_peer_may_ask(fd)) {
        refuse(fd, CONTROL_STATUS_FAILED,
               "refused: only the user that the program runs as, and root, may ask\n");
    } else if (receive_line(fd, line)) {
        answer(fd, line);
    }
}
