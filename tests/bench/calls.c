/* What a call of the C library costs as the program makes it, beside libc's own in the same run: on
 * the stack, in blocks, and in blocks at guards. Prints a table; each figure is the least of
 * several rounds, which take turns. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, LARGEST = 1 << 20, ROUND_NS = 2000000, PAGE = 4096, TRIES = 256 };

struct place {
    const char *name;
    char *a, *b; /* strings of `size` characters that are equal */
    size_t size;
};

typedef void *copy_function(void *to, const void *from, size_t bytes);
typedef void *set_function(void *to, int byte, size_t bytes);
typedef size_t length_function(const char *text);
typedef int compare_function(const char *a, const char *b);
typedef int compare_bytes_function(const void *a, const void *b, size_t bytes);
typedef int print_function(char *to, size_t most, const char *format, ...);

static void call_copy(void *function, const struct place *place)
{
    ((copy_function *)function)(place->a, place->b, place->size);
}

static void call_set(void *function, const struct place *place)
{
    ((set_function *)function)(place->a, 'x', place->size);
}

static void call_length(void *function, const struct place *place)
{
    ((length_function *)function)(place->a);
}

static void call_compare(void *function, const struct place *place)
{
    ((compare_function *)function)(place->a, place->b);
}

static void call_compare_bytes(void *function, const struct place *place)
{
    ((compare_bytes_function *)function)(place->a, place->b, place->size);
}

static void call_print(void *function, const struct place *place)
{
    ((print_function *)function)(place->a, place->size + 1, "%s", place->b);
}

static const struct {
    const char *name;
    void (*call)(void *function, const struct place *place);
} functions[] = {
    {"memcpy", call_copy},    {"memset", call_set},           {"strlen", call_length},
    {"strcmp", call_compare}, {"memcmp", call_compare_bytes}, {"snprintf", call_print},
};

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double round_ns(void (*call)(void *, const struct place *), void *function,
                       const struct place *place, long times)
{
    double start = now_ns();
    for (long i = 0; i < times; i++) {
        call(function, place);
    }
    return (now_ns() - start) / (double)times;
}

static void measure(size_t index, void *libc, const struct place *place)
{
    void *own = dlsym(libc, functions[index].name);
    void *called = dlsym(RTLD_DEFAULT, functions[index].name);
    long times = ROUND_NS / (long)(place->size / 20 + 10);
    double least[2] = {1e18, 1e18};
    for (int round = 0; round < ROUNDS * 2; round++) {
        void *function = round % 2 ? called : own;
        double ns = round_ns(functions[index].call, function, place, times);
        least[round % 2] = ns < least[round % 2] ? ns : least[round % 2];
    }
    printf("%-8s %8zu  %-7s %11.1f %11.1f %+9.1f\n", functions[index].name, place->size,
           place->name, least[0], least[1], least[1] - least[0]);
}

static void measure_all(void *libc, struct place place)
{
    memset(place.a, 'x', place.size);
    memset(place.b, 'x', place.size);
    place.a[place.size] = place.b[place.size] = '\0';
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        measure(i, libc, &place);
    }
}

static bool is_at_guard(const char *block, size_t bytes)
{
    return (uintptr_t)block % PAGE == 0 || (uintptr_t)(block + bytes) % PAGE == 0;
}

/* Two blocks that are at guards or that are not; false: none were to be had. */
static bool take_two(bool at_guards, size_t bytes, struct place *place)
{
    char *two[2], *others[TRIES];
    size_t found = 0, other = 0;
    while (found < 2 && other < TRIES) {
        char *block = malloc(bytes);
        if (is_at_guard(block, bytes) == at_guards) {
            two[found++] = block;
        } else {
            others[other++] = block;
        }
    }
    while (other > 0) {
        free(others[--other]);
    }
    place->a = found > 0 ? two[0] : NULL;
    place->b = found > 1 ? two[1] : NULL;
    return found == 2;
}

static void measure_blocks(void *libc, bool at_guards, size_t size)
{
    struct place place = {at_guards ? "guarded" : "heap", NULL, NULL, size};
    if (take_two(at_guards, size + 1, &place)) {
        measure_all(libc, place);
    }
    free(place.a);
    free(place.b);
}

int main(void)
{
    char on_stack[2][LARGEST + 1];
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    printf("%-8s %8s  %-7s %11s %11s %9s\n", "function", "bytes", "memory", "libc ns", "checked ns",
           "more");
    for (size_t size = 8; size <= LARGEST; size *= 8) {
        measure_all(libc, (struct place){"stack", on_stack[0], on_stack[1], size});
        measure_blocks(libc, false, size);
        measure_blocks(libc, true, size);
    }
    return 0;
}
