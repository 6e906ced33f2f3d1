/* Why a block is alive: the shortest way to it from a root, in pointers. Scans as a leak check
 * does, in a copy of the process while other threads run. Pointers into the middle of blocks count.
 * What only the calling thread's own frames hold comes last: whoever asks has the address there. */
#ifndef INSPECT_WHY_H
#define INSPECT_WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/leaks.h"
#include "stack/callsite.h"

enum leak_root {
    ROOT_NONE,      /* nothing leads to the block: it is lost */
    ROOT_MODULE,    /* data of a program or library: `file`, `file_offset` */
    ROOT_STACK,     /* of thread `tid`, `offset` bytes above its stack pointer */
    ROOT_TLS,       /* thread-local storage and thread-specific data of thread `tid`; `file` and
                       `file_offset` of a variable */
    ROOT_REGISTERS, /* of thread `tid` */
    ROOT_MAPPING,   /* other memory; `file` may be "", "[heap]" or a file's path */
    ROOT_REGION,    /* declared by the program */
    ROOT_KEPT, /* the way's first block needs nothing to point to it: it is ignored, inherited, the
                  loader's, or a stack in use */
};

/* A block on the way, and where in it the pointer to the next one stands. */
struct leak_step {
    uintptr_t address;
    size_t size_bytes;
    uint32_t alloc_stack;
    size_t offset; /* of that pointer; 0 in the last, which is the block in question */
    size_t into;   /* how far into this block the pointer to it goes; mostly 0 */
};

enum { LEAK_PATH_FILE_MOST = 512, LEAK_STEPS_MOST = 1024 };

struct leak_path {
    bool is_block; /* the address is in a live block; else all below is empty */
    enum leak_root root;
    uintptr_t place; /* where the root's pointer stands; 0: in registers, or none */
    int tid;
    uintptr_t stack_pointer; /* with ROOT_STACK, of that thread */
    size_t offset;           /* with ROOT_STACK: place - stack_pointer */
    uintptr_t frame;         /* with ROOT_STACK: where the function was whose frame the place is
                                in, as in a stack_view; 0: not known */
    uintptr_t tls_module;    /* with ROOT_TLS: an address in the module that the variable is of;
                                0: not known */
    char file[LEAK_PATH_FILE_MOST];
    uint64_t file_offset; /* with ROOT_MODULE, in the terms of the file's symbol table; with
                             ROOT_TLS, in the module's thread-local storage */

    struct leak_step *steps; /* from the root's block to the block in question; own memory */
    size_t count;            /* of these */
    size_t length;           /* of the way; of one longer than LEAK_STEPS_MOST the part before the
                                last step is left out */

    bool failed; /* nothing is known */
    enum leak_trouble trouble;
    int signal;
};

/* The calling thread's stack is looked at from `site` up; where its pc is 0, frames there are not
 * told. Any thread, with none of our locks held. Keeps errno. */
void leaks_why(uintptr_t address, const struct call_site *site, struct leak_path *out);
void leaks_why_free(struct leak_path *path);

/* leaks_why() for a function that the program calls; see LEAKS_FIND_HERE. */
#define LEAKS_WHY_HERE(address, out) \
    do { \
        __builtin_unwind_init(); \
        const struct call_site why_site = {.sp = os_stack_pointer()}; \
        leaks_why((address), &why_site, (out)); \
        __asm__ volatile("" ::: "memory"); \
    } while (0)

#endif
