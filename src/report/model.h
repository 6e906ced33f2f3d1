/* What the writers of all formats are given: findings with everything looked up. Plain data. */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/stats.h"
#include "alloc/thread_names.h"
#include "inspect/leaks.h"
#include "os/fault.h"
#include "report/suppression.h"

/* One line of a stack. An inlined call has a line of its own, at its caller's address. */
struct frame {
    const char *function, *file; /* NULL: unknown */
    const char *linkage;         /* the function's mangled name; NULL: as `function` */
    const char *module;          /* path; NULL: unknown, and `offset` is the address itself */
    const uint8_t *build_id;
    uint64_t offset;         /* in the terms of the module's symbol table */
    unsigned line;           /* 0: unknown */
    uint8_t build_id_length; /* 0: unknown */
    bool inlined;
};

struct trace {
    const struct frame *frames; /* innermost first */
    uint32_t count;             /* 0: no stack is known */
};

enum { ERROR_PHRASE_MOST = 192 };

struct told_event {
    struct trace stack;
    struct thread_name thread; /* tid 0: unknown */
};

struct told_error {
    struct finding finding; /* of its first time */
    uint64_t count;
    struct trace access, alloc, release, neighbour_alloc;
    struct thread_name access_thread, alloc_thread, free_thread; /* tid 0: unknown */
    uint64_t block_number; /* the block, among those of its site, from 1; 0: not counted */
    struct told_event events[FINDING_EVENTS_MOST]; /* of finding.window */
    char call[ERROR_PHRASE_MOST];                  /* the finding's, where it does not last */
    char place[ERROR_PHRASE_MOST]; /* what an address in no block is; "": does not matter */
    char guess[ERROR_PHRASE_MOST]; /* what the damaged bytes look like; "": hard to say */
    struct suppression *hidden_by; /* NULL: none, it is told */
    struct told_error *next;       /* in the order they were found */
};

struct told_leak {
    struct leak_group group;
    enum api via; /* what allocated the blocks; API_COUNT: unknown */
    struct trace stack;
    struct suppression *match; /* that it exceeds the budget of; NULL: of none */
};

/* Why the process dies, where that is a signal. */
struct death {
    int number;     /* of the signal */
    bool is_fault;  /* from the kernel, for what the thread did; else somebody sent it */
    int sender_pid; /* 0: unknown */
    struct os_fault fault;
    bool stack_is_full; /* the access was beyond the end of the thread's stack */
    bool is_told;       /* as an error, at a guard page */
    uint32_t stack;     /* of the thread that got it, 0: unknown */
    uint16_t thread;
};

struct told_death {
    struct death death;
    struct trace access, alloc, release;
    struct thread_name access_thread, alloc_thread, free_thread, sender;
    bool has_block; /* the address lies in, or beside, this one */
    struct block_info block;
    char place[ERROR_PHRASE_MOST]; /* what the address is; "": not known */
    char hint[ERROR_PHRASE_MOST];  /* where the address may have come from; "": no idea */
};

/* The whole of one process's report. */
struct told_run {
    const char *program;     /* path; "" if unknown */
    const char *const *argv; /* NULL-terminated */
    int pid;
    const char *time; /* start, RFC 3339 */
    const struct told_error *errors;
    uint64_t error_count; /* repeats included */
    uint64_t kind_counts[FINDING_KINDS];
    const struct leak_report *leaks;        /* totals; NULL: not looked for (yet) */
    const struct told_leak *leak_groups;    /* leaks->count of them; NULL: no memory to show them */
    struct leak_sum left_out[LEAK_KINDS];   /* of kinds that leak_kinds does not name */
    const struct suppression *suppressions; /* all that were read; NULL: none */
    struct heap_stats heap;
    const char *const *incomplete;
    size_t incomplete_count;
    int exit_status;
    const struct told_death *death; /* NULL: not by a signal (yet) */
};

#endif
