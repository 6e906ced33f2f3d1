/* The printf family with arguments of all types in any order, in registers and on the stack: the
 * call is put together at run time, as the compiler would have. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "same.h"

enum { INTEGERS = 6, DOUBLES = 8, STACK_WORDS = 64, MOST_DIRECTIVES = 12, FORMAT_BYTES = 512 };

/* What registers and stack hold when the call is made. */
struct registers {
    uint64_t integers[INTEGERS];
    double doubles[DOUBLES];
    uint64_t count_of_doubles; /* as %al has it */
    uint64_t words;            /* on the stack; an even number */
    uint64_t stack[STACK_WORDS];
};

/* call_with(function, registers): makes the call and returns what it does. */
int call_with(void *function, const struct registers *registers);
__asm__(".text\n"
        "call_with:\n"
        ".cfi_startproc\n"
        "push %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "mov %rsp, %rbp\n"
        ".cfi_def_cfa_register %rbp\n"
        "mov %rdi, %r11\n"
        "mov %rsi, %r10\n"
        "mov 120(%r10), %rcx\n"
        "jrcxz 2f\n"
        "1: push 120(%r10, %rcx, 8)\n"
        "dec %rcx\n"
        "jnz 1b\n"
        "2: movsd 48(%r10), %xmm0\n"
        "movsd 56(%r10), %xmm1\n"
        "movsd 64(%r10), %xmm2\n"
        "movsd 72(%r10), %xmm3\n"
        "movsd 80(%r10), %xmm4\n"
        "movsd 88(%r10), %xmm5\n"
        "movsd 96(%r10), %xmm6\n"
        "movsd 104(%r10), %xmm7\n"
        "mov 112(%r10), %rax\n"
        "mov 0(%r10), %rdi\n"
        "mov 8(%r10), %rsi\n"
        "mov 16(%r10), %rdx\n"
        "mov 24(%r10), %rcx\n"
        "mov 32(%r10), %r8\n"
        "mov 40(%r10), %r9\n"
        "call *%r11\n"
        "leave\n"
        ".cfi_def_cfa %rsp, 8\n"
        "ret\n"
        ".cfi_endproc\n");

/* A call in the making. */
struct made {
    struct registers registers;
    unsigned integers, doubles;
    char *format; /* in a buffer of its own */
    size_t length;
};

static void add_word(struct made *made, uint64_t word)
{
    if (made->registers.words == STACK_WORDS) {
        abort();
    }
    made->registers.stack[made->registers.words++] = word;
}

static void add_integer(struct made *made, uint64_t value)
{
    if (made->integers < INTEGERS) {
        made->registers.integers[made->integers++] = value;
    } else {
        add_word(made, value);
    }
}

static void add_pointer(struct made *made, const void *at)
{
    add_integer(made, (uintptr_t)at);
}

static void add_double(struct made *made, double value)
{
    if (made->doubles < DOUBLES) {
        made->registers.doubles[made->doubles++] = value;
    } else {
        uint64_t word;
        memcpy(&word, &value, sizeof word);
        add_word(made, word);
    }
}

/* On the stack, at a multiple of 16. */
static void add_long_double(struct made *made, long double value)
{
    uint64_t words[2] = {0, 0};
    memcpy(words, &value, 10);
    if (made->registers.words % 2 > 0) {
        add_word(made, 0x5858585858585858);
    }
    add_word(made, words[0]);
    add_word(made, words[1]);
}

static void add_text(struct made *made, const char *text)
{
    size_t length = strlen(text);
    memcpy(made->format + made->length, text, length + 1);
    made->length += length;
}

/* Of any length, so that what stands behind begins anywhere in a word. */
static void add_literal(struct run *run, struct made *made)
{
    static const char some[] = "between two values, some words or none: ";
    size_t length = pick(run, 3) > 0 ? pick(run, 3) : pick(run, sizeof some);
    char part[sizeof some];
    memcpy(part, some + sizeof some - 1 - length, length + 1);
    add_text(made, part);
}

/* Anywhere in a block, whose last byte ends it or not. */
static const char *some_string(struct run *run)
{
    char *made = buffer(run, pick(run, 2) ? 200 : 40);
    size_t from = pick(run, 20);
    memset(made + from, 'a' + (int)pick(run, 26), 20);
    made[from + pick(run, 20)] = '\0';
    return made + from;
}

static double some_double(struct run *run)
{
    return ((double)pick(run, 2000000) - 1000000) / 64;
}

static uint64_t some_integer(struct run *run)
{
    return pick(run, 2) ? pick(run, 1000) : (uint64_t)pick(run, SIZE_MAX) * 3;
}

static void add_directive(struct run *run, struct made *made)
{
    static const char *const integers[] = {"%d",   "%5i", "%-08lx", "%+ld", "%hhu", "%llu",  "%zd",
                                           "%#jo", "%tX", "%02x",   "%'d",  "%.7d", "%8.3hd"};
    static const char *const doubles[] = {"%f", "%.2e", "%10g", "%+.0F", "%a", "%lG", "%-12.4lf"};
    static const char *const long_doubles[] = {"%Lf", "%.3Le", "%LG", "%llg"};
    switch (pick(run, 9)) {
    case 0:
    case 1:
        add_text(made, integers[pick(run, sizeof integers / sizeof *integers)]);
        add_integer(made, some_integer(run));
        break;
    case 2:
        add_text(made, doubles[pick(run, sizeof doubles / sizeof *doubles)]);
        add_double(made, some_double(run));
        break;
    case 3:
        add_text(made, long_doubles[pick(run, sizeof long_doubles / sizeof *long_doubles)]);
        add_long_double(made, (long double)some_double(run) / 3);
        break;
    case 4:
        add_text(made, pick(run, 2) ? "%*d" : "%-*ld");
        add_integer(made, pick(run, 12));
        add_integer(made, some_integer(run));
        break;
    case 5:
        add_text(made, pick(run, 2) ? "%.*s" : "%9.*s");
        add_integer(made, (uint64_t)((int64_t)pick(run, 25) - 1));
        add_pointer(made, some_string(run));
        break;
    case 6:
        add_text(made, pick(run, 2) ? "%.3s" : "%-7.12s");
        add_pointer(made, some_string(run));
        break;
    case 7:
        add_text(made, "%%%c%m");
        add_integer(made, 'k');
        break;
    default:
        add_text(made, pick(run, 3) ? "%s" : "%-20s");
        add_pointer(made, some_string(run));
    }
}

/* Calls `function` with the fixed arguments that were added, the format, and up to twelve more. */
static void finish(struct run *run, struct made *made, void *function)
{
    made->format = buffer(run, FORMAT_BYTES) + pick(run, 8);
    add_pointer(made, made->format);
    made->format[0] = '\0';
    for (size_t left = pick(run, MOST_DIRECTIVES + 1); left > 0; left--) {
        add_literal(run, made);
        add_directive(run, made);
    }
    add_literal(run, made);
    if (made->registers.words % 2 > 0) {
        add_word(made, 0);
    }
    made->registers.count_of_doubles = pick(run, 3) ? made->doubles : DOUBLES;
    note(run, call_with(function, &made->registers));
}

enum { ROOM = 2000 }; /* bytes that hold any of the texts */

static void try_sprintf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    add_pointer(&made, buffer(run, ROOM));
    finish(run, &made, function);
}

static void try_sprintf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    add_pointer(&made, buffer(run, ROOM));
    add_integer(&made, 1);
    add_integer(&made, ROOM);
    finish(run, &made, function);
}

static void try_snprintf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    size_t most = pick(run, 200);
    add_pointer(&made, buffer(run, most));
    add_integer(&made, most);
    finish(run, &made, function);
}

static void try_snprintf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    size_t most = pick(run, 200);
    add_pointer(&made, buffer(run, most));
    add_integer(&made, most);
    add_integer(&made, 1);
    add_integer(&made, most);
    finish(run, &made, function);
}

static void try_fprintf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = file_with(run, "", 0);
    add_pointer(&made, file);
    finish(run, &made, function);
    note_file(run, file);
}

static void try_fprintf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = file_with(run, "", 0);
    add_pointer(&made, file);
    add_integer(&made, 1);
    finish(run, &made, function);
    note_file(run, file);
}

static void try_dprintf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = file_with(run, "", 0);
    add_integer(&made, (uint64_t)fileno(file));
    finish(run, &made, function);
    note_file(run, file);
}

static void try_dprintf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = file_with(run, "", 0);
    add_integer(&made, (uint64_t)fileno(file));
    add_integer(&made, 1);
    finish(run, &made, function);
    note_file(run, file);
}

static void try_printf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = take_output(run);
    finish(run, &made, function);
    note_output(run, file);
}

static void try_printf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    FILE *file = take_output(run);
    add_integer(&made, 1);
    finish(run, &made, function);
    note_output(run, file);
}

static void note_made(struct run *run, char *text)
{
    note_bytes(run, text, strlen(text) + 1);
    free(text);
}

static void try_asprintf(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    char *text = NULL;
    add_pointer(&made, &text);
    finish(run, &made, function);
    note_made(run, text);
}

static void try_asprintf_chk(struct run *run, void *function)
{
    struct made made = {.integers = 0};
    char *text = NULL;
    add_pointer(&made, &text);
    add_integer(&made, 1);
    finish(run, &made, function);
    note_made(run, text);
}

const struct trial mixed_print_trials[] = {
    {"sprintf", try_sprintf},
    {"__sprintf_chk", try_sprintf_chk},
    {"snprintf", try_snprintf},
    {"__snprintf_chk", try_snprintf_chk},
    {"fprintf", try_fprintf},
    {"__fprintf_chk", try_fprintf_chk},
    {"dprintf", try_dprintf},
    {"__dprintf_chk", try_dprintf_chk},
    {"printf", try_printf},
    {"__printf_chk", try_printf_chk},
    {"asprintf", try_asprintf},
    {"__asprintf_chk", try_asprintf_chk},
    {NULL, NULL},
};
