/* What of the heap belongs to the program's run time: the loader, the C library and the C++ one.
 * Much of it lasts by design, and is nobody's leak.
 *
 * - Blocks that the loader asked for (the first frame of their stack is in it): its tables, and
 *   thread-local storage, which it points to in ways of its own. They keep what they lead to.
 * - Blocks from the start of the process that no function of the program had a part in: all frames
 *   are the run time's, and the last is the loader's. (The C++ library's pool for exceptions.)
 * - Blocks that a run-time library asked for and that only its own data leads to: buffers of
 *   stdin, stdout and stderr, locales, lists of exit handlers. The program may have caused them,
 * but has no pointer to them. These are left out of reachable blocks only; when nothing points to
 *   them, they are leaks like others.
 *
 * Libraries are told by their file's name; in a static program there are none. */
#ifndef INSPECT_RUNTIME_H
#define INSPECT_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/ranges.h"
#include "os/maps.h"

enum runtime_part {
    RUNTIME_NONE,    /* the program asked for it */
    RUNTIME_LIBRARY, /* a library did, for the program or for itself */
    RUNTIME_OWN,     /* the loader's, or from the start of the process */
};

enum { RUNTIME_REMEMBERED = 512 };

struct runtime {
    struct ranges loader, code; /* code: the loader's too */
    struct ranges data;         /* what they write to */
    uintptr_t data_may_go_on;   /* end of the last mapping seen, if it was such data; else 0 */
    struct {
        uint32_t stack;
        enum runtime_part part;
    } remembered[RUNTIME_REMEMBERED];
};

MUST_USE bool runtime_start(struct runtime *runtime); /* false: no memory */
void runtime_end(struct runtime *runtime);

/* To be called for every mapping, by rising address; then runtime_settle(). */
void runtime_note(struct runtime *runtime, const struct os_map *map);
void runtime_settle(struct runtime *runtime);

/* Who asked for blocks with this stack. */
enum runtime_part runtime_part_of(struct runtime *runtime, uint32_t alloc_stack);

/* The memory that the tables are in. */
void runtime_each_range(const struct runtime *runtime,
                        void (*visit)(void *context, uintptr_t start, uintptr_t end),
                        void *context);

#endif
