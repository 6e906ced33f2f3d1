#include "differential.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <wchar.h>

enum { MOST_CHARACTERS = 700, LONG_CHARACTERS = 9000 };
enum { NO_POINTER = -1000000 };

/* SplitMix64, by Sebastiano Vigna (public domain). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t random_below(uint64_t *state, uint64_t limit)
{
    return next(state) % limit;
}

long long place(const struct scene *scene, const void *pointer)
{
    const unsigned char *at = pointer;
    if (!at) {
        return NO_POINTER;
    }
    if (at >= scene->to && at <= scene->to + scene->to_bytes) {
        return at - scene->to;
    }
    if (at >= scene->from && at <= scene->from + scene->from_bytes) {
        return 100000000 + (at - scene->from);
    }
    return 999999999;
}

/* Few different characters, so that searches find something; codes above 127 and beyond a byte. */
static unsigned random_code(uint64_t *state, size_t unit)
{
    static const unsigned some[] = {'a', 'b', 'A', 'B', ',', ' ', 'c', 'z', 0xe4, 0xff, 0x101, '1'};
    unsigned code = some[random_below(state, sizeof some / sizeof *some)];
    return unit == 1 ? code & 0xff : code;
}

static void set_code(unsigned char *at, size_t index, size_t unit, unsigned code)
{
    if (unit == 1) {
        at[index] = (unsigned char)code;
    } else {
        wchar_t wide = (wchar_t)code;
        memcpy(at + index * unit, &wide, unit);
    }
}

static void fill(unsigned char *at, size_t count, size_t unit, uint64_t *state)
{
    for (size_t i = 0; i < count; i++) {
        set_code(at, i, unit, random_code(state, unit));
    }
}

/* The end of a block, so that one byte too many would be noticed; where in it is random. */
static unsigned char *at_end(size_t bytes, size_t unit, uint64_t *state, void **block)
{
    size_t before = random_below(state, 20) * unit;
    *block = malloc(before + bytes);
    return (unsigned char *)*block + before;
}

static void put_number(unsigned char *at, size_t count, size_t unit, uint64_t *state)
{
    static const char *const texts[] = {
        "  -12x",   "0x1fg", "+77,", "1.5e3;", "99999999999999999999 ", "  ", "-", "0x", "inf|",
        "nan(12)|", ".5.",   "abc",  "1e"};
    const char *text = texts[random_below(state, sizeof texts / sizeof *texts)];
    size_t length = strlen(text);
    for (size_t i = 0; i < count; i++) {
        set_code(at, i, unit, i < length ? (unsigned char)text[i] : 0);
    }
}

static size_t random_count(uint64_t *state)
{
    static const size_t most[] = {1, 8, 17, 40, 100, MOST_CHARACTERS, LONG_CHARACTERS};
    return random_below(state, most[random_below(state, sizeof most / sizeof *most)] + 1);
}

struct blocks {
    void *to, *from;
};

static void make(const struct trial *trial, uint64_t seed, struct scene *scene,
                 struct blocks *blocks)
{
    uint64_t state = seed;
    size_t unit = trial->unit, length = random_count(&state), target = random_count(&state);
    size_t source = length + 1; /* characters of the source, its end included */
    if (trial->wish == WISH_NUMBER) {
        source = 22 + random_below(&state, 3);
    } else if (trial->wish == WISH_BYTES || trial->wish == WISH_FOUND) {
        source = length ? length : 1;
    }
    *scene = (struct scene){.from_bytes = source * unit, .base = (int)random_below(&state, 3) * 8};
    scene->to_bytes = (target + source + 1) * unit;
    scene->from = at_end(scene->from_bytes, unit, &state, &blocks->from);
    scene->to = at_end(scene->to_bytes, unit, &state, &blocks->to);
    fill(scene->from, source, unit, &state);
    fill(scene->to, scene->to_bytes / unit, unit, &state);
    scene->code = (int)random_code(&state, unit);
    scene->count = random_below(&state, source + 1);
    set_code(scene->to, target, unit, 0);
    if (trial->wish == WISH_STRING) {
        set_code(scene->from, source - 1, unit, 0);
        scene->count = random_below(&state, source + 3);
    } else if (trial->wish == WISH_FOUND) {
        set_code(scene->from, source - 1, unit, (unsigned)scene->code);
    } else if (trial->wish == WISH_COUNTED) {
        scene->count = random_below(&state, source + 1);
        if (random_below(&state, 2)) {
            set_code(scene->from, random_below(&state, source), unit, 0);
        }
    } else if (trial->wish == WISH_NUMBER) {
        put_number(scene->from, source, unit, &state);
        if (random_below(&state, 2)) { /* nothing behind it but what is no part of it */
            set_code(scene->from, source - 1, unit, '|');
        }
    } else if (trial->wish == WISH_DIFFERENT) {
        size_t same = target < source ? target : source;
        memcpy(scene->to, scene->from, same * unit);
        set_code(scene->to, target, unit, 0);
        set_code(scene->from, source - 1, unit, random_below(&state, 2) ? 0 : 'q');
        set_code(scene->to, same < source ? same : source - 1, unit, '7');
        set_code(scene->to, scene->to_bytes / unit - 1, unit, 0);
    }
}

static bool are_same(const struct scene *a, const struct scene *b)
{
    return memcmp(a->to, b->to, a->to_bytes) == 0 && memcmp(a->from, b->from, a->from_bytes) == 0 &&
           place(a, a->rest[0]) == place(b, b->rest[0]);
}

static bool try_one(const struct trial *trial, void *ours, void *libc, uint64_t seed)
{
    struct scene a, b;
    struct blocks blocks_a, blocks_b;
    make(trial, seed, &a, &blocks_a);
    make(trial, seed, &b, &blocks_b);
    errno = 7;
    long long of_ours = trial->try(ours, &a);
    int errno_ours = errno;
    errno = 7;
    long long of_libc = trial->try(libc, &b);
    bool right = of_ours == of_libc && errno_ours == errno && are_same(&a, &b);
    if (!right) {
        printf("%s, seed %llu: %lld, errno %d; libc's: %lld, errno %d\n", trial->name,
               (unsigned long long)seed, of_ours, errno_ours, of_libc, errno);
    }
    free(blocks_a.to);
    free(blocks_a.from);
    free(blocks_b.to);
    free(blocks_b.from);
    return right;
}

static unsigned try_all(const struct trial *trials, void *libc, uint64_t seed, unsigned rounds)
{
    unsigned wrong = 0;
    for (const struct trial *trial = trials; trial->name; trial++) {
        void *ours = dlsym(RTLD_DEFAULT, trial->name), *theirs = dlsym(libc, trial->name);
        if (!ours || !theirs) {
            printf("%s: not there\n", trial->name);
            wrong++;
            continue;
        }
        for (unsigned round = 0; round < rounds; round++) {
            wrong += !try_one(trial, ours, theirs, seed + round);
        }
        printf("tried %s\n", trial->name);
    }
    return wrong;
}

/* differential SEED ROUNDS */
int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 200;
    setlocale(LC_ALL, "C.UTF-8");
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    unsigned wrong = try_all(memory_trials, libc, seed, rounds) +
                     try_all(string_trials, libc, seed, rounds) +
                     try_all(wide_trials, libc, seed, rounds);
    printf("%u wrong\n", wrong);
    return wrong > 0;
}
