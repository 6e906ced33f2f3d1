#include "same.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_BUFFERS = 16, MOST_FILES = 4, TRACE_BYTES = 1 << 16, PLACES = 8192 };

struct run {
    uint64_t state;
    struct {
        unsigned char *at, *start;
        size_t bytes;
        bool in_heap;
    } buffers[MOST_BUFFERS];
    size_t buffer_count;
    FILE *files[MOST_FILES];
    size_t file_count;
    unsigned char trace[TRACE_BYTES];
    size_t trace_bytes;
};

static unsigned char elsewhere[MOST_BUFFERS][PLACES]; /* buffers that are not in the heap */

/* SplitMix64, by Sebastiano Vigna (public domain). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

size_t pick(struct run *run, size_t limit)
{
    return next(&run->state) % limit;
}

void *buffer(struct run *run, size_t bytes)
{
    size_t number = run->buffer_count++;
    bool in_heap = bytes > PLACES || pick(run, 4) > 0;
    if (number >= MOST_BUFFERS) {
        abort();
    }
    unsigned char *at = in_heap ? malloc(bytes) : elsewhere[number];
    for (size_t i = 0; i < bytes; i++) {
        at[i] = (unsigned char)(0xa0 + i % 23);
    }
    run->buffers[number].at = at;
    run->buffers[number].bytes = bytes;
    run->buffers[number].in_heap = in_heap;
    return at;
}

static const char letters[] = "abcxyzABZ019 ,.%-_\xc3\xa4\xe2\x82\xac";

char *text(struct run *run, size_t most)
{
    size_t length = pick(run, most + 1);
    char *made = buffer(run, length + 1);
    for (size_t i = 0; i < length; i++) {
        made[i] = letters[pick(run, sizeof letters - 6)]; /* whole characters */
    }
    if (length > 5 && pick(run, 2)) {
        memcpy(made + length / 2, letters + sizeof letters - 6, 2); /* two bytes, one character */
    }
    made[length] = '\0';
    return made;
}

wchar_t *wide_text(struct run *run, size_t most)
{
    static const wchar_t some[] = L"abcXYZ 012,\u00e4\u20ac\U0001f600";
    size_t length = pick(run, most + 1);
    wchar_t *made = buffer(run, (length + 1) * sizeof *made);
    for (size_t i = 0; i < length; i++) {
        made[i] = some[pick(run, sizeof some / sizeof *some - 1)];
    }
    made[length] = L'\0';
    return made;
}

void note_bytes(struct run *run, const void *bytes, size_t count)
{
    if (count > TRACE_BYTES - run->trace_bytes) {
        abort();
    }
    memcpy(run->trace + run->trace_bytes, bytes, count);
    run->trace_bytes += count;
}

void note(struct run *run, long long result)
{
    int error = errno;
    note_bytes(run, &result, sizeof result);
    note_bytes(run, &error, sizeof error);
    errno = 0;
}

void note_place(struct run *run, const void *buffer, const void *result)
{
    note(run, result ? (const char *)result - (const char *)buffer : -1000000);
}

void note_file(struct run *run, FILE *file)
{
    char content[8192];
    note(run, ftell(file));
    fflush(file);
    ssize_t bytes = pread(fileno(file), content, sizeof content, 0);
    note_bytes(run, content, bytes > 0 ? (size_t)bytes : 0);
}

FILE *file_with(struct run *run, const void *content, size_t bytes)
{
    FILE *file = tmpfile();
    if (!file || run->file_count == MOST_FILES || write(fileno(file), content, bytes) < 0) {
        abort();
    }
    lseek(fileno(file), 0, SEEK_SET);
    run->files[run->file_count++] = file;
    return file;
}

/* Opened anew: what stands in the stream's buffer must not pass for the new file's. */
void read_from(FILE *file)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    if (!freopen(path, "r", stdin)) {
        abort();
    }
}

static void make_run(struct run *run, const struct trial *trial, void *function, uint64_t seed)
{
    memset(run, 0, sizeof *run);
    run->state = seed;
    errno = 0;
    trial->make(run, function);
    for (size_t i = 0; i < run->buffer_count; i++) {
        note_bytes(run, run->buffers[i].at, run->buffers[i].bytes);
        if (run->buffers[i].in_heap) {
            free(run->buffers[i].at);
        }
    }
    for (size_t i = 0; i < run->file_count; i++) {
        fclose(run->files[i]);
    }
}

static size_t first_difference(const struct run *a, const struct run *b)
{
    size_t i = 0;
    while (i < a->trace_bytes && i < b->trace_bytes && a->trace[i] == b->trace[i]) {
        i++;
    }
    return i;
}

static bool are_same(const struct run *a, const struct run *b)
{
    return a->trace_bytes == b->trace_bytes && memcmp(a->trace, b->trace, a->trace_bytes) == 0;
}

/* In a process of its own: whether standard output is one of wide characters is for good. */
static bool try_trial(const struct trial *trial, void *libc, uint64_t seed, unsigned rounds)
{
    static struct run ours, theirs;
    void *found = dlsym(RTLD_DEFAULT, trial->name), *real = dlsym(libc, trial->name);
    if (!found || !real) {
        fprintf(stderr, "%s: not there\n", trial->name);
        return false;
    }
    for (unsigned round = 0; round < rounds; round++) {
        make_run(&ours, trial, found, seed + round);
        make_run(&theirs, trial, real, seed + round);
        if (!are_same(&ours, &theirs)) {
            fprintf(stderr, "%s, seed %llu: not the same from byte %zu of %zu and %zu on\n",
                    trial->name, (unsigned long long)(seed + round),
                    first_difference(&ours, &theirs), ours.trace_bytes, theirs.trace_bytes);
            return false;
        }
    }
    return true;
}

static unsigned try_all(const struct trial *trials, void *libc, uint64_t seed, unsigned rounds,
                        int names)
{
    unsigned wrong = 0;
    for (const struct trial *trial = trials; trial->name; trial++) {
        int status = -1;
        pid_t child = fork();
        if (child == 0) {
            exit(try_trial(trial, libc, seed, rounds) ? 0 : 1);
        }
        waitpid(child, &status, 0);
        if (status != 0) {
            fprintf(stderr, "%s: status %x\n", trial->name, (unsigned)status);
            wrong++;
        }
        dprintf(names, "%s\n", trial->name);
    }
    return wrong;
}

/* same SEED ROUNDS: names what was tried. Trials take standard output for their own. */
int main(int argc, char **argv)
{
    static const struct trial *const all[] = {print_trials,   mixed_print_trials, scan_trials,
                                              stream_trials,  file_trials,        socket_trials,
                                              waiting_trials, other_trials,       multibyte_trials,
                                              name_trials,    stream_file_trials};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 20;
    unsigned wrong = 0;
    int names = dup(STDOUT_FILENO);
    if (!setlocale(LC_ALL, "C.UTF-8")) {
        return 2;
    }
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        wrong += try_all(all[i], libc, seed, rounds, names);
    }
    return wrong > 0;
}
