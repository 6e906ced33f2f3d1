/* Streams: bytes, lines and strings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "same.h"

static const char content[] =
    "first line\n\nthird \xc3\xa4 line, a longer one\nzero \0 inside\nlast";

static FILE *file_of(struct run *run)
{
    return file_with(run, content, sizeof content - 1);
}

static FILE *take(struct run *run, FILE *file, int fd)
{
    if (fd == STDIN_FILENO) {
        read_from(file);
    } else {
        fflush(stdout);
        dup2(fileno(file), fd);
    }
    return file;
}

static void try_put_text(struct run *run, void *function)
{
    int (*put)(const char *, FILE *) = function;
    FILE *file = file_with(run, "", 0);
    note(run, put(text(run, 50), file));
    note(run, put("", file));
    note_file(run, file);
}

static void try_put_wide(struct run *run, void *function)
{
    int (*put)(const wchar_t *, FILE *) = function;
    FILE *file = file_with(run, "", 0);
    note(run, put(wide_text(run, 50), file));
    note_file(run, file);
}

static void try_puts(struct run *run, void *function)
{
    int (*put)(const char *) = function;
    FILE *file = take(run, file_with(run, "", 0), STDOUT_FILENO);
    note(run, put(text(run, 50)));
    fflush(stdout);
    note_file(run, file);
}

static void try_perror(struct run *run, void *function)
{
    void (*tell)(const char *) = function;
    FILE *file = file_with(run, "", 0);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    errno = (int)pick(run, 40);
    tell(pick(run, 4) ? text(run, 20) : NULL);
    dup2(kept, STDERR_FILENO);
    close(kept);
    note_file(run, file);
}

static void try_put_bytes(struct run *run, void *function)
{
    size_t (*put)(const void *, size_t, size_t, FILE *) = function;
    FILE *file = file_with(run, "", 0);
    size_t size = 1 + pick(run, 5), count = pick(run, 30);
    note(run, (long long)put(buffer(run, size * count), size, count, file));
    note_file(run, file);
}

/* With a count that the buffer need not have, where the file ends before. */
static void try_get_bytes(struct run *run, void *function)
{
    size_t (*get)(void *, size_t, size_t, FILE *) = function;
    FILE *file = file_of(run);
    size_t size = 1 + pick(run, 5), count = pick(run, 20), lie = pick(run, 2) * 1000;
    void *to = buffer(run, lie ? sizeof content + size : size * count);
    note(run, (long long)get(to, size, lie ? lie : count, file));
    note(run, feof(file));
    note(run, ftell(file));
}

static void try_get_bytes_chk(struct run *run, void *function)
{
    size_t (*get)(void *, size_t, size_t, size_t, FILE *) = function;
    FILE *file = file_of(run);
    size_t size = 1 + pick(run, 5), count = pick(run, 20), lie = pick(run, 2) * 1000;
    void *to = buffer(run, lie ? sizeof content + size : size * count);
    count = lie ? lie : count;
    note(run, (long long)get(to, size * count, size, count, file));
    note(run, ftell(file));
}

static void try_get_line(struct run *run, void *function)
{
    char *(*get)(char *, int, FILE *) = function;
    FILE *file = file_of(run);
    int size = (int)(pick(run, 2) ? 1 + pick(run, 40) : 1000);
    char *line = buffer(run, size < 100 ? (size_t)size : 100);
    for (int i = 0; i < 8; i++) {
        note_place(run, line, get(line, size, file));
        note_bytes(run, line, size < 100 ? (size_t)size : 100);
    }
    note(run, ftell(file));
}

static void try_get_line_chk(struct run *run, void *function)
{
    char *(*get)(char *, size_t, int, FILE *) = function;
    FILE *file = file_of(run);
    int size = (int)(pick(run, 2) ? 1 + pick(run, 40) : 1000);
    char *line = buffer(run, size < 100 ? (size_t)size : 100);
    for (int i = 0; i < 8; i++) {
        note_place(run, line, get(line, (size_t)size, size, file));
        note_bytes(run, line, size < 100 ? (size_t)size : 100);
    }
}

static void try_get_wide(struct run *run, void *function)
{
    wchar_t *(*get)(wchar_t *, int, FILE *) = function;
    FILE *file = file_of(run);
    int size = (int)(pick(run, 2) ? 1 + pick(run, 40) : 1000);
    wchar_t *line = buffer(run, (size < 100 ? (size_t)size : 100) * sizeof *line);
    for (int i = 0; i < 8; i++) {
        note_place(run, line, get(line, size, file));
        note_bytes(run, line, (size < 100 ? (size_t)size : 100) * sizeof *line);
    }
}

static void try_get_wide_chk(struct run *run, void *function)
{
    wchar_t *(*get)(wchar_t *, size_t, int, FILE *) = function;
    FILE *file = file_of(run);
    int size = (int)(pick(run, 2) ? 1 + pick(run, 40) : 1000);
    wchar_t *line = buffer(run, (size < 100 ? (size_t)size : 100) * sizeof *line);
    for (int i = 0; i < 8; i++) {
        note_place(run, line, get(line, (size_t)size, size, file));
        note_bytes(run, line, (size < 100 ? (size_t)size : 100) * sizeof *line);
    }
}

static void try_getline(struct run *run, void *function)
{
    ssize_t (*get)(char **, size_t *, FILE *) = function;
    FILE *file = file_of(run);
    size_t size = pick(run, 2) * 8;
    char *line = size ? malloc(size) : NULL;
    ssize_t length;
    while ((length = get(&line, &size, file)) >= 0) {
        note(run, length);
        note_bytes(run, line, (size_t)length + 1);
    }
    note(run, feof(file));
    free(line);
}

static void try_getdelim(struct run *run, void *function)
{
    ssize_t (*get)(char **, size_t *, int, FILE *) = function;
    FILE *file = file_of(run);
    size_t size = 0;
    char *line = NULL;
    ssize_t length;
    while ((length = get(&line, &size, 'e', file)) >= 0) {
        note(run, length);
        note_bytes(run, line, (size_t)length + 1);
    }
    free(line);
}

static void try_gets(struct run *run, void *function)
{
    char *(*get)(char *) = function;
    take(run, file_of(run), STDIN_FILENO);
    char *line = buffer(run, 100);
    note_place(run, line, get(line));
    note(run, ftell(stdin));
}

static void try_gets_chk(struct run *run, void *function)
{
    char *(*get)(char *, size_t) = function;
    take(run, file_of(run), STDIN_FILENO);
    char *line = buffer(run, 100);
    note_place(run, line, get(line, 100));
    note(run, ftell(stdin));
}

const struct trial stream_trials[] = {
    {"fputs", try_put_text},
    {"_IO_fputs", try_put_text},
    {"fputs_unlocked", try_put_text},
    {"fputws", try_put_wide},
    {"fputws_unlocked", try_put_wide},
    {"puts", try_puts},
    {"_IO_puts", try_puts},
    {"perror", try_perror},
    {"fwrite", try_put_bytes},
    {"_IO_fwrite", try_put_bytes},
    {"fwrite_unlocked", try_put_bytes},
    {"fread", try_get_bytes},
    {"_IO_fread", try_get_bytes},
    {"fread_unlocked", try_get_bytes},
    {"__fread_chk", try_get_bytes_chk},
    {"__fread_unlocked_chk", try_get_bytes_chk},
    {"fgets", try_get_line},
    {"_IO_fgets", try_get_line},
    {"fgets_unlocked", try_get_line},
    {"__fgets_chk", try_get_line_chk},
    {"__fgets_unlocked_chk", try_get_line_chk},
    {"fgetws", try_get_wide},
    {"fgetws_unlocked", try_get_wide},
    {"__fgetws_chk", try_get_wide_chk},
    {"__fgetws_unlocked_chk", try_get_wide_chk},
    {"getline", try_getline},
    {"getdelim", try_getdelim},
    {"__getdelim", try_getdelim},
    {"gets", try_gets},
    {"_IO_gets", try_gets},
    {"__gets_chk", try_gets_chk},
    {NULL, NULL},
};
