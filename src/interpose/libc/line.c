/* Lines of any length: into a buffer that grows, and, by gets(), into one that does not. */
#include "interpose/libc/stream.h"

/* The buffer and what is said to be its size are the program's until a longer line makes it grow.
 */
static ssize_t get_line(const struct call *call, char **line, size_t *size, int end, FILE *file)
{
    stream_judge(call, file);
    call_writes(call, line, sizeof *line);
    call_writes(call, size, sizeof *size);
    char *before = line && size && *size > 0 ? *line : NULL;
    if (before) {
        call_writes(call, before, 1);
    }
    size_t room = 0;
    bool judged = before && call_is_judged(call, before) &&
                  (!bounds_room((uintptr_t)before, &room) || *size > room);
    ssize_t length = libc_getdelim(line, size, end, file);
    if (UNLIKELY(judged) && length >= 0 && *line == before) {
        call_wrote_rest(call, before, (size_t)length + 1);
    }
    return length;
}

EXPORTED ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict file)
{
    struct call call = CALL(getline);
    return get_line(&call, line, size, '\n', file);
}

EXPORTED ssize_t getdelim(char **restrict line, size_t *restrict size, int end, FILE *restrict file)
{
    struct call call = CALL(getdelim);
    return get_line(&call, line, size, end, file);
}

EXPORTED ssize_t __getdelim(char **restrict line, size_t *restrict size, int end,
                            FILE *restrict file)
{
    struct call call = CALL(__getdelim);
    return get_line(&call, line, size, end, file);
}

/* How long the line will be nobody knows before. */
EXPORTED char *gets(char *to)
{
    struct call call = CALL(gets);
    char *result = libc_gets(to);
    if (result && UNLIKELY(call_is_judged(&call, to))) {
        call_wrote(&call, to, libc_strlen(to) + 1);
    }
    return result;
}

EXPORTED char *__gets_chk(char *to, size_t room)
{
    struct call call = CALL(__gets_chk);
    char *result = libc___gets_chk(to, room);
    if (result && UNLIKELY(call_is_judged(&call, to))) {
        call_wrote(&call, to, libc_strlen(to) + 1);
    }
    return result;
}

SECOND_NAME(_IO_gets, gets);
