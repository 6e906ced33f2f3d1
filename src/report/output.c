#include "report/output.h"

#include <errno.h>
#include <string.h>

#include "os/exe.h"
#include "os/io.h"
#include "os/message.h"
#include "os/paths.h"
#include "report/words.h"

enum { TEXT_BYTES = 64 * 1024, PATH_BYTES = 4096 + 1024 /* a directory and a pattern */ };

static struct output_setup setup;
static int first_pid;
static bool log_failed, json_failed; /* said once */
static bool log_begun;               /* truncated at the first piece, then appended to */
static char directory[4096];         /* of relative names */

static char text[TEXT_BYTES]; /* text and JSON are never under way together */
static struct strbuf buffer;
static int text_fd;
static bool text_is_open; /* a file of ours, to be closed */

static char path[PATH_BYTES], new_path[PATH_BYTES + 8];
static int json_fd;
static bool json_in_place; /* written to `path` itself */
static bool json_broken, json_resumed;

/* The document written last, if more can be put into it; size 0 if not. */
static struct {
    uint64_t size, mark;
    int pid; /* whose */
} document;
static uint64_t json_start; /* where in the document the buffer starts */
static uint64_t json_mark;

static void say(const char *what, const char *which, int error, const char *instead)
{
    static const struct {
        int error;
        const char *words;
    } reasons[] = {
        {ENOENT, "no such directory"},          {EACCES, "permission denied"},
        {ENOTDIR, "not a directory"},           {EISDIR, "it is a directory"},
        {EROFS, "read-only file system"},       {ENOSPC, "no space left on device"},
        {EMFILE, "too many open files"},        {ENFILE, "too many open files"},
        {ENAMETOOLONG, "the name is too long"}, {EPERM, "not permitted"},
        {ELOOP, "too many symbolic links"},     {EDQUOT, "disk quota exceeded"},
    };
    char room[512];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_printf(&line, "==%d== coalmine: cannot write the %s ", os_pid(), what);
    words_safe(&line, which);
    const char *reason = "write error";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        reason = reasons[i].error == error ? reasons[i].words : reason;
    }
    line.length = line.length > 400 ? 400 : line.length; /* room for the reason */
    strbuf_printf(&line, ": %s%s\n", reason, instead);
    os_message_write(os_message_standard_error(), room, line.length);
}

void output_start(const struct output_setup *given)
{
    setup = *given;
    first_pid = os_pid();
    os_message_keep_standard_error();
    const char *const names[] = {setup.log, setup.json, setup.sites};
    bool relative = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        relative |= names[i][0] && names[i][0] != '/';
    }
    if (!relative || !os_path_current(directory, sizeof directory)) {
        directory[0] = '\0';
    }
}

void output_after_fork(void)
{
    setup.forked = true;
    log_begun = false;
    log_failed = false;
    json_failed = false;
    document.size = 0;
}

const char *output_program(void)
{
    static char program[4096];
    if (!program[0] && !os_exe_path(program, sizeof program)) {
        return setup.argv0;
    }
    return program;
}

bool output_expand(struct strbuf *out, const char *pattern)
{
    if (pattern[0] != '/' && directory[0]) {
        strbuf_printf(out, "%s/", directory);
    }
    bool has_pid = false;
    for (const char *p = pattern; *p; p++) {
        if (p[0] != '%' || (p[1] != 'p' && p[1] != 'e' && p[1] != '%')) {
            strbuf_char(out, *p);
            continue;
        }
        p++;
        if (*p == 'p') {
            strbuf_printf(out, "%d", os_pid());
            has_pid = true;
        } else {
            strbuf_str(out, *p == 'e' ? words_base_name(output_program()) : "%");
        }
    }
    return has_pid;
}

/* The report file that a pattern stands for, into `path`. */
static void expand(const char *pattern)
{
    struct strbuf out;
    strbuf_init(&out, path, sizeof path);
    bool has_pid = output_expand(&out, pattern);
    /* A child that was made behind our back (_Fork, vfork) shows by its process id. */
    if ((setup.forked || os_pid() != first_pid) && !has_pid) {
        strbuf_printf(&out, ".%d", os_pid());
    }
    if (setup.image > 1) {
        strbuf_printf(&out, ".%u", setup.image);
    }
}

bool output_text_is_file(void)
{
    return setup.log[0] && !log_failed;
}

static bool flush_text(void *context, const char *data, size_t length)
{
    (void)context;
    return os_message_write(text_fd, data, length);
}

struct strbuf *output_text_open(void)
{
    text_fd = os_message_standard_error();
    text_is_open = false;
    if (output_text_is_file()) {
        expand(setup.log);
        int fd = os_open_write(path, !log_begun);
        if (fd < 0) {
            say("log", path, -fd, "; writing to standard error instead");
            log_failed = true;
        } else {
            text_fd = fd;
            text_is_open = true;
            log_begun = true;
        }
    }
    strbuf_init_flush(&buffer, text, sizeof text, flush_text, NULL);
    return &buffer;
}

void output_text_close(void)
{
    bool written = strbuf_finish(&buffer);
    if (text_is_open) {
        os_close(text_fd);
        if (!written) {
            log_failed = true;
            say("log", path, 0, "; writing to standard error instead");
            os_message_write(os_message_standard_error(), text, strlen(text));
        }
    }
}

static void json_give_up(int error)
{
    say("JSON report", path, error, "");
    json_failed = true;
}

static bool flush_json(void *context, const char *data, size_t length)
{
    (void)context;
    json_broken |= !os_write_all(json_fd, data, length);
    json_start += length;
    return !json_broken;
}

static void name_new(void)
{
    struct strbuf name;
    strbuf_init(&name, new_path, sizeof new_path);
    strbuf_printf(&name, "%s.new", path);
}

struct strbuf *output_json_open(bool last)
{
    if (!setup.json[0] || json_failed) {
        return NULL;
    }
    expand(setup.json);
    json_in_place = !os_path_is_replaceable(path);
    if (json_in_place && !last) {
        return NULL;
    }
    json_fd = -1;
    if (!json_in_place) {
        name_new();
        json_fd = os_open_write(new_path, true);
    }
    if (json_fd < 0) { /* perhaps the directory is closed to us, but not the file in it */
        json_fd = os_open_write(path, true);
        json_in_place = true;
    }
    if (json_fd < 0) {
        json_give_up(-json_fd);
        return NULL;
    }
    json_broken = false;
    json_resumed = false;
    json_start = 0;
    strbuf_init_flush(&buffer, text, sizeof text, flush_json, NULL);
    return &buffer;
}

void output_json_mark(void)
{
    json_mark = json_start + buffer.length;
}

struct strbuf *output_json_resume(void)
{
    if (json_failed || document.size == 0 || document.pid != os_pid()) {
        return NULL;
    }
    expand(setup.json);
    name_new();
    json_resumed = true;
    json_start = document.mark;
    strbuf_init(&buffer, text, sizeof text);
    return &buffer;
}

static bool close_resumed(void)
{
    bool written = !buffer.cut &&
                   os_path_patch(path, new_path, document.size, document.mark, text, buffer.length);
    document.size = written ? json_start + buffer.length : 0;
    document.mark = json_mark;
    return written;
}

bool output_json_close(void)
{
    if (json_resumed) {
        return close_resumed();
    }
    bool written = strbuf_finish(&buffer);
    os_close(json_fd);
    if (written && !json_in_place) {
        written = os_rename(new_path, path);
    }
    if (!written) {
        json_give_up(0);
        if (!json_in_place) {
            os_path_remove(new_path);
        }
    }
    document.size = written && !json_in_place ? json_start : 0;
    document.mark = json_mark;
    document.pid = os_pid();
    return written;
}
