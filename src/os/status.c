#include "os/status.h"

#include <string.h>

#include "os/io.h"

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static uint64_t number(const char *p, unsigned base)
{
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    uint64_t value = 0;
    for (; digit_of(*p) < base; p++) {
        value = value * base + digit_of(*p);
    }
    return value;
}

static bool find_line(int fd, const char *name, unsigned base, uint64_t *value)
{
    char text[1024]; /* one line that is wanted fits; of longer ones only the start matters */
    size_t length = 0;
    bool at_line_start = true;
    for (;;) {
        ssize_t got = os_read(fd, text + length, sizeof text - 1 - length);
        length += got > 0 ? (size_t)got : 0;
        text[length] = '\0';
        char *line = text;
        for (char *end; (end = strchr(line, '\n')); line = end + 1) {
            if (at_line_start && strncmp(line, name, strlen(name)) == 0) {
                *value = number(line + strlen(name), base);
                return true;
            }
            at_line_start = true;
        }
        if (got <= 0) {
            return false;
        }
        length -= (size_t)(line - text);
        memmove(text, line, length);
        if (length == sizeof text - 1) { /* a long line: forget its start */
            length = 0;
            at_line_start = false;
        }
    }
}

bool os_status_number(const char *path, const char *name, unsigned base, uint64_t *value)
{
    int fd = os_open_read(path);
    if (fd < 0) {
        return false;
    }
    bool found = find_line(fd, name, base, value);
    os_close(fd);
    return found;
}
