/* What was found: plain data, filled where it was noticed, told elsewhere. The layer that tells
 * installs a sink; findings travel up without an upward include. */
#ifndef ALLOC_FINDING_H
#define ALLOC_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum api {
#define API(id, name, family) API_##id,
#include "alloc/api.def"
#undef API
    API_COUNT,
};

const char *api_name(enum api api); /* "operator new[]" */

enum finding_kind {
    FINDING_OVERFLOW,  /* heap-buffer-overflow */
    FINDING_UNDERFLOW, /* heap-buffer-underflow */
    FINDING_USE_AFTER_FREE,
    FINDING_DOUBLE_FREE,
    FINDING_INVALID_FREE,
    FINDING_MISMATCH, /* alloc-dealloc-mismatch */
    FINDING_INVALID_ALIGNMENT,
    FINDING_INVALID_SIZE,
    FINDING_OVERLAP, /* overlapping-copy */
    FINDING_KINDS,
};

enum finding_access { ACCESS_UNKNOWN, ACCESS_READ, ACCESS_WRITE };

enum finding_detected {
    DETECTED_FREE,
    DETECTED_REALLOC,
    DETECTED_REUSE,
    DETECTED_EXIT,
    DETECTED_API,   /* a check asked for through the public header */
    DETECTED_CALL,  /* the arguments of the call itself */
    DETECTED_GUARD, /* a page fault, at the instruction */
    DETECTED_SWEEP, /* a look at all canaries while the program runs */
};

enum block_state { BLOCK_NEVER, BLOCK_LIVE, BLOCK_RELEASING, BLOCK_FREED };

/* A block as it was when looked at. */
struct block_info {
    uintptr_t address;
    size_t size_bytes;
    size_t alignment_bytes; /* asked for; 16 where nothing was */
    enum block_state state;
    enum api via;          /* allocated by */
    uint32_t alloc_stack;  /* stack ids, 0: unknown */
    uint32_t free_stack;   /* valid when freed */
    uint16_t alloc_thread; /* thread numbers, 0: unknown; see alloc/thread_names.h */
    uint16_t free_thread;  /* valid when freed */
    uint32_t generation;   /* valid when live, as are the next two; see alloc/generation.h */
    bool ignored;
    bool inherited; /* or amid its release */
};

enum { FINDING_DAMAGE_MOST = 64, FINDING_EVENTS_MOST = 8 };

/* An allocation or release beside a block. */
struct finding_event {
    bool is_release;
    bool has_size;     /* size and thread are known */
    int distance;      /* in places: -1 is the block right before */
    uint16_t thread;   /* number, 0: unknown */
    uint32_t stack;    /* id, 0: unknown */
    uint32_t time_ms;  /* since the start of the process */
    uintptr_t address; /* of the place, or its block */
    size_t size_bytes;
};

enum window_since { WINDOW_UNKNOWN, WINDOW_SWEEP, WINDOW_ALLOCATION, WINDOW_RELEASE };

/* The two moments between which damage was done. */
struct finding_window {
    enum window_since since;
    uint32_t sweep; /* number of the one that found it; the rest is valid with a known window */
    uint32_t start_ms, end_ms; /* since the start of the process */
    bool between_guards;       /* the block is guarded: a guard lies before each place beside it */
    unsigned event_count, events_left_out;
    struct finding_event events[FINDING_EVENTS_MOST]; /* in between, oldest first */
};

struct finding {
    enum finding_kind kind;
    enum finding_access access;
    enum finding_detected detected;

    bool has_block; /* `block` is the block in question */
    struct block_info block;
    bool has_neighbour; /* damage between two blocks that either may have done: the other one */
    struct block_info neighbour;

    uintptr_t pointer;     /* what was handed to the release; 0 where there was none */
    enum api function;     /* the function in progress: free, realloc, operator delete, … */
    const char *call;      /* or a function of libc's that was given a bad buffer; NULL: none.
                            * Constant text, equal names are the same pointer; at a guard valid
                            * while it is told */
    uintptr_t callee;      /* at a guard: a place in that function, as in a stack; 0: none */
    bool watched;          /* detected is guard: it was a hardware watchpoint */
    uint32_t access_stack; /* stack of the call in error, 0: unknown */
    uint16_t access_thread;

    bool has_offset;
    ptrdiff_t offset;     /* first bad byte, or the pointer's own, relative to block.address */
    size_t offset_spread; /* so many bytes further on at most; 0: exact */
    size_t bad_bytes;     /* first to last damaged byte; 0: none counted */
    bool has_stopped; /* at a guard: the canary before it was damaged already, and is part of … */
    ptrdiff_t stopped_offset; /* … what is told; where the access was that the guard stopped */

    size_t damage_length; /* bytes in `damage`, starting at `offset`; at most FINDING_DAMAGE_MOST */
    uint8_t damage[FINDING_DAMAGE_MOST]; /* as found */

    struct finding_window window; /* found by a sweep: when */

    /* invalid-size, invalid-alignment and mismatched sized or aligned delete: what was given */
    bool has_given_size, has_given_alignment, has_given_count;
    size_t given_size, given_alignment;
    size_t given_count; /* calloc(count, size) */
};

/* Called with no lock held, on the thread in error, possibly inside malloc. */
extern void (*finding_sink)(const struct finding *finding);

#endif
