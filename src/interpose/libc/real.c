#include "interpose/libc/real.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"
#include "interpose/libc/fallback.h"
#include "os/next_symbol.h"
#include "os/panic.h"

/* For each function: its pointer libc_NAME, in the order of enum call_id; bind_NAME, where the
 * pointer leads at first, BIND_BYTES from one to the next; __wrap_NAME, where our own calls of NAME
 * lead. */
#define BIND_BYTES 16
#define TEXT_OF(value) TEXT_OF_EXPANDED(value)
#define TEXT_OF_EXPANDED(value) #value
__asm__(".pushsection .data.rel.local, \"aw\"\n"
        ".balign 16\n" /* as the ABI has it of an array */
        ".hidden libc_pointers\n"
        ".globl libc_pointers\n"
        "libc_pointers:\n"
#define FUNCTION(group, name) \
    ".hidden libc_" #name "\n" \
    ".globl libc_" #name "\n" \
    "libc_" #name ": .quad bind_" #name "\n"
#include "interpose/libc/functions.def"
        ".popsection\n"
        ".pushsection .text\n"
        ".balign " TEXT_OF(BIND_BYTES) "\n"
        ".hidden libc_binders\n"
        ".globl libc_binders\n"
        "libc_binders:\n"
#define FUNCTION(group, name) \
    ".balign " TEXT_OF(BIND_BYTES) "\n" \
    "bind_" #name ":\n" \
    ".cfi_startproc\n" \
    "lea libc_" #name "(%rip), %r11\n" \
    "jmp libc_lookup\n" \
    ".cfi_endproc\n"
#include "interpose/libc/functions.def"
#define FUNCTION(group, name) \
    ".hidden __wrap_" #name "\n" \
    ".globl __wrap_" #name "\n" \
    ".type __wrap_" #name ", @function\n" \
    "__wrap_" #name ":\n" \
    ".cfi_startproc\n" \
    "jmp *libc_" #name "(%rip)\n" \
    ".cfi_endproc\n"
#include "interpose/libc/functions.def"
        ".popsection\n");

/* %r11 is the pointer's address; all that may hold an argument is kept. */
__asm__(".pushsection .text\n"
        "libc_lookup:\n"
        ".cfi_startproc\n"
        "push %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "mov %rsp, %rbp\n"
        ".cfi_def_cfa_register %rbp\n"
        "and $-16, %rsp\n"
        "sub $0xc0, %rsp\n"
        "mov %rdi, 0x00(%rsp)\n"
        "mov %rsi, 0x08(%rsp)\n"
        "mov %rdx, 0x10(%rsp)\n"
        "mov %rcx, 0x18(%rsp)\n"
        "mov %r8, 0x20(%rsp)\n"
        "mov %r9, 0x28(%rsp)\n"
        "mov %rax, 0x30(%rsp)\n"
        "mov %r10, 0x38(%rsp)\n"
        "movaps %xmm0, 0x40(%rsp)\n"
        "movaps %xmm1, 0x50(%rsp)\n"
        "movaps %xmm2, 0x60(%rsp)\n"
        "movaps %xmm3, 0x70(%rsp)\n"
        "movaps %xmm4, 0x80(%rsp)\n"
        "movaps %xmm5, 0x90(%rsp)\n"
        "movaps %xmm6, 0xa0(%rsp)\n"
        "movaps %xmm7, 0xb0(%rsp)\n"
        "mov %r11, %rdi\n"
        "call libc_find\n"
        "mov %rax, %r11\n"
        "mov 0x00(%rsp), %rdi\n"
        "mov 0x08(%rsp), %rsi\n"
        "mov 0x10(%rsp), %rdx\n"
        "mov 0x18(%rsp), %rcx\n"
        "mov 0x20(%rsp), %r8\n"
        "mov 0x28(%rsp), %r9\n"
        "mov 0x30(%rsp), %rax\n"
        "mov 0x38(%rsp), %r10\n"
        "movaps 0x40(%rsp), %xmm0\n"
        "movaps 0x50(%rsp), %xmm1\n"
        "movaps 0x60(%rsp), %xmm2\n"
        "movaps 0x70(%rsp), %xmm3\n"
        "movaps 0x80(%rsp), %xmm4\n"
        "movaps 0x90(%rsp), %xmm5\n"
        "movaps 0xa0(%rsp), %xmm6\n"
        "movaps 0xb0(%rsp), %xmm7\n"
        "leave\n"
        ".cfi_def_cfa %rsp, 8\n"
        "jmp *%r11\n"
        ".cfi_endproc\n"
        ".popsection\n");

extern uintptr_t libc_pointers[CALL_COUNT] __attribute__((visibility("hidden")));
extern const char libc_binders[] __attribute__((visibility("hidden")));
uintptr_t libc_find(uintptr_t *pointer); /* for libc_lookup */

/* No pointers: the names are wanted before there are any. */
static const struct names {
#define FUNCTION(group, name) char of_##name[sizeof #name];
#include "interpose/libc/functions.def"
} names = {
#define FUNCTION(group, name) #name,
#include "interpose/libc/functions.def"
};

static const uint16_t name_places[] = {
#define FUNCTION(group, name) offsetof(struct names, of_##name),
#include "interpose/libc/functions.def"
};
static_assert(sizeof names <= UINT16_MAX, "places of names are 16 bits");

const char *call_name(enum call_id id)
{
    return (const char *)&names + name_places[id];
}

static bool starts_with(const char *text, size_t length, const char *start)
{
    size_t most = strlen(start);
    return length > most && memcmp(text, start, most) == 0;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t most = strlen(end);
    return length > most && memcmp(text + length - most, end, most) == 0;
}

const char *call_plain_name(enum call_id id)
{
    if (id == CALL___getdelim) {
        return call_name(CALL_getline); /* which <stdio.h> makes it of */
    }
    static const char *const before[] = {"__isoc99_", "__isoc23_", "__xpg_", "__"};
    static const char *const after[] = {"_chk", "_internal"};
    const char *text = call_name(id);
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        if (starts_with(text, length, before[i])) {
            text += strlen(before[i]);
            length -= strlen(before[i]);
            break;
        }
    }
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        length -= ends_with(text, length, after[i]) ? strlen(after[i]) : 0;
    }
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        const char *plain = call_name((enum call_id)i);
        if (strncmp(plain, text, length) == 0 && plain[length] == '\0') {
            return plain;
        }
    }
    return call_name(id);
}

/* The C library before 2.38 lacks what C23 made of strtol() and kin; only programs that were built
 * with a newer one call them, and those do not run with the older. */
static const char *older_name(const char *name)
{
    static const char prefix[] = "__isoc23_";
    size_t i = 0;
    while (prefix[i] && name[i] == prefix[i]) {
        i++;
    }
    return prefix[i] ? NULL : name + i;
}

static bool is_relocated(void)
{
    static uintptr_t *volatile own_address = (uintptr_t *)&own_address; /* a relocation fills it */
    return own_address == (uintptr_t *)&own_address;
}

static uintptr_t find(const char *name)
{
    return LIKELY(is_relocated()) ? os_next_symbol(name) : os_next_symbol_early(name);
}

/* Of several threads that come at the same time each finds the same. */
uintptr_t libc_find(uintptr_t *pointer)
{
    const char *name = call_name((enum call_id)(pointer - libc_pointers));
    uintptr_t found = find(name);
    if (!found && older_name(name)) {
        found = find(older_name(name));
    }
    if (!found) {
        PANIC("the C library lacks a function that was called");
    }
    __atomic_store_n(pointer, found, __ATOMIC_RELEASE);
    return found;
}

/* What the relocation will do: then each function is looked up at its next call again. */
static void relocate_pointers(void)
{
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        libc_pointers[id] = (uintptr_t)libc_binders + (uintptr_t)id * BIND_BYTES;
    }
}

void real_serve_early(void)
{
    static bool is_done;
    if (!is_done && !is_relocated()) {
        is_done = true;
        relocate_pointers();
        fallback_install();
    }
}
