#include "os/maps.h"

#include <limits.h>
#include <string.h>

#include "os/io.h"

/* Room for one whole line: the kernel gives a path at most PATH_MAX bytes, and about 80 go
 * before it. */
enum { LINE_MOST = PATH_MAX + 128 };

static const char *hex(const char *p, uint64_t *value)
{
    *value = 0;
    for (;; p++) {
        unsigned digit = (unsigned char)*p;
        if (digit - '0' < 10) {
            digit -= '0';
        } else if (digit - 'a' < 6) {
            digit -= 'a' - 10;
        } else {
            return p;
        }
        *value = *value << 4 | digit;
    }
}

static const char *decimal(const char *p, uint64_t *value)
{
    for (*value = 0; (unsigned)(*p - '0') < 10; p++) {
        *value = *value * 10 + (unsigned)(*p - '0');
    }
    return p;
}

static const char *after_spaces(const char *p)
{
    while (*p == ' ') {
        p++;
    }
    return p;
}

/* "start-end rwxp offset major:minor inode   path", see proc_pid_maps(5). */
static bool parse(const char *line, struct os_map *map)
{
    uint64_t start, end;
    const char *p = hex(line, &start);
    if (p == line || *p != '-') {
        return false;
    }
    p = after_spaces(hex(p + 1, &end));
    if (strnlen(p, 4) < 4) {
        return false;
    }
    *map = (struct os_map){
        .start = start,
        .end = end,
        .readable = p[0] == 'r',
        .writable = p[1] == 'w',
        .executable = p[2] == 'x',
        .shared = p[3] == 's',
    };
    p = hex(after_spaces(p + 4), &map->offset);
    p = after_spaces(p);
    p += strcspn(p, " ");
    p = decimal(after_spaces(p), &map->inode);
    map->path = after_spaces(p);
    return true;
}

struct lines {
    int fd;
    char *text;    /* LINE_MOST bytes */
    size_t length; /* bytes in it */
    size_t next;   /* where the next line begins */
    bool ended, failed;
};

static void read_more(struct lines *lines)
{
    lines->length -= lines->next;
    memmove(lines->text, lines->text + lines->next, lines->length);
    lines->next = 0;
    ssize_t got = os_read(lines->fd, lines->text + lines->length, LINE_MOST - 1 - lines->length);
    lines->failed = got < 0;
    lines->ended = got <= 0;
    lines->length += got > 0 ? (size_t)got : 0;
}

/* The next line with its newline cut off; NULL at the end. A line that does not fit is cut. */
static char *next_line(struct lines *lines)
{
    for (;;) {
        char *start = lines->text + lines->next;
        size_t rest = lines->length - lines->next;
        char *newline = memchr(start, '\n', rest);
        if (newline) {
            *newline = '\0';
            lines->next = (size_t)(newline + 1 - lines->text);
            return start;
        }
        if (rest == LINE_MOST - 1) {
            start[rest] = '\0';
            lines->next = lines->length;
            return start;
        }
        if (lines->ended) {
            return NULL;
        }
        read_more(lines);
    }
}

bool os_maps_each(bool (*visit)(void *context, const struct os_map *map), void *context)
{
    char text[LINE_MOST];
    /* of a process whose main thread has ended, /proc/self shows none */
    struct lines lines = {.fd = os_open_read("/proc/thread-self/maps"), .text = text};
    if (lines.fd < 0) { /* before Linux 3.17 */
        lines.fd = os_open_read("/proc/self/maps");
    }
    if (lines.fd < 0) {
        return false;
    }
    size_t seen = 0;
    bool wanted = true;
    for (char *line; wanted && (line = next_line(&lines));) {
        struct os_map map;
        if (parse(line, &map)) { /* the rest of a line that was cut does not */
            seen++;
            wanted = visit(context, &map);
        }
    }
    os_close(lines.fd);
    return seen > 0 && !lines.failed;
}
