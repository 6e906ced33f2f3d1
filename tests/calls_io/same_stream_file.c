/* Streams as such: opened, moved in, flushed, closed. */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "same.h"

static char *copy(struct run *run, const char *text)
{
    return strcpy(buffer(run, strlen(text) + 1), text);
}

static FILE *some_file(struct run *run)
{
    static const char content[] = "some words\nof a file\n";
    return file_with(run, content, sizeof content - 1);
}

static void try_open(struct run *run, void *function)
{
    static const char *const names[] = {"/proc/self/comm", "/dev/null", "/no/such/file"};
    FILE *file = ((FILE * (*)(const char *, const char *)) function)(
        copy(run, names[pick(run, 3)]), copy(run, pick(run, 4) ? "r" : "q"));
    note(run, file ? fgetc(file) : -2);
    if (file) {
        fclose(file);
    }
}

static void try_popen(struct run *run, void *function)
{
    FILE *file = ((FILE * (*)(const char *, const char *)) function)(copy(run, "echo x; exit 3"),
                                                                     copy(run, "r"));
    note(run, fgetc(file));
    note(run, pclose(file));
}

static void try_reopen(struct run *run, void *function)
{
    FILE *file = fopen("/dev/null", "r");
    file = ((FILE * (*)(const char *, const char *, FILE *)) function)(
        copy(run, pick(run, 2) ? "/proc/self/comm" : "/no/such/file"), copy(run, "r"), file);
    note(run, file ? fgetc(file) : -2);
    if (file) {
        fclose(file);
    }
}

static void try_close(struct run *run, void *function)
{
    FILE *file = fopen(pick(run, 2) ? "/dev/full" : "/dev/null", "w");
    fputs("words", file);
    note(run, ((int (*)(FILE *))function)(file));
}

static void try_close_pipe(struct run *run, void *function)
{
    FILE *file = popen(pick(run, 2) ? "exit 5" : "cat >/dev/null", "w");
    note(run, ((int (*)(FILE *))function)(file));
}

static void try_flush(struct run *run, void *function)
{
    FILE *file = some_file(run);
    fputs("changed", file);
    note(run, ((int (*)(FILE *))function)(pick(run, 2) ? file : NULL));
    note_file(run, file);
}

static void try_seek(struct run *run, void *function)
{
    FILE *file = some_file(run);
    int (*seek)(FILE *, long, int) = function;
    note(run, seek(file, (long)pick(run, 30) - 5, (int)pick(run, 4)));
    note(run, fgetc(file));
}

static void try_tell(struct run *run, void *function)
{
    FILE *file = some_file(run);
    fseek(file, (long)pick(run, 20), SEEK_SET);
    note(run, ((long (*)(FILE *))function)(file));
}

static void try_rewind(struct run *run, void *function)
{
    FILE *file = some_file(run);
    fseek(file, 3, SEEK_SET);
    ((void (*)(FILE *))function)(file);
    note(run, ftell(file));
}

static void try_buffer(struct run *run, void *function)
{
    static const int modes[] = {_IOFBF, _IOLBF, _IONBF, 99};
    FILE *file = some_file(run);
    size_t bytes = pick(run, 100);
    char *own = pick(run, 2) ? buffer(run, bytes) : NULL;
    note(run,
         ((int (*)(FILE *, char *, int, size_t))function)(file, own, modes[pick(run, 4)], bytes));
    note(run, fgetc(file));
    fputs("changed", file);
    note_file(run, file);
    setvbuf(file, NULL, _IONBF, 0); /* the block goes before the file does */
}

static void try_plain_buffer(struct run *run, void *function)
{
    FILE *file = some_file(run);
    ((void (*)(FILE *, char *))function)(file, pick(run, 2) ? buffer(run, BUFSIZ) : NULL);
    note(run, fgetc(file));
    setvbuf(file, NULL, _IONBF, 0);
}

const struct trial stream_file_trials[] = {
    {"fopen", try_open},     {"fopen64", try_open},          {"_IO_fopen", try_open},
    {"popen", try_popen},    {"freopen", try_reopen},        {"freopen64", try_reopen},
    {"fclose", try_close},   {"_IO_fclose", try_close},      {"pclose", try_close_pipe},
    {"fflush", try_flush},   {"fflush_unlocked", try_flush}, {"fseek", try_seek},
    {"fseeko", try_seek},    {"fseeko64", try_seek},         {"ftell", try_tell},
    {"ftello", try_tell},    {"ftello64", try_tell},         {"rewind", try_rewind},
    {"setvbuf", try_buffer}, {"setbuf", try_plain_buffer},   {NULL, NULL},
};
