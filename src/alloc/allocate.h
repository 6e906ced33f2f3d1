/* The recipe of an allocation, of a release and of a resize: stack, placement, record, canaries,
 * fill, quarantine. What the interposed functions call.
 *
 * All are thread-safe, keep errno, and tell the program's mistakes through finding_sink. NULL means
 * out of memory (or a size no allocator can serve): nothing has changed. */
#ifndef ALLOC_ALLOCATE_H
#define ALLOC_ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/compiler.h"
#include "block/record.h"
#include "stack/callsite.h"

enum {
    NATURAL_ALIGNMENT_LOG2 = RECORD_NO_WISH,
    NATURAL_ALIGNMENT = 1 << NATURAL_ALIGNMENT_LOG2,
    ANY_ALIGNMENT = 1, /* none is asked for: what any object of that size needs, most often 16 */
};

/* `alignment` is a power of two; up to 16 costs nothing. `zero` as in calloc. */
MUST_USE void *block_allocate(size_t size, size_t alignment, bool zero, enum api via,
                              const struct call_site *site);

/* The same, any alignment and not zeroed: the common case by itself. */
MUST_USE void *block_allocate_plain(size_t size, enum api via, const struct call_site *site);

/* Zeroed. The contents of the large block `from` are to go there: if they are large enough for it,
 * by large_move(). */
struct ref;
MUST_USE void *block_allocate_to_move(const struct ref *from, size_t size, enum api via,
                                      const struct call_site *site);

/* Tells an invalid-size or invalid-alignment request. `count` is 0 where the function has none. */
void block_tell_request(enum finding_kind kind, enum api function, size_t count, size_t size,
                        size_t alignment, const struct call_site *site);

/* What a release was told about the block besides its address. */
struct release {
    enum api function;
    bool has_size, has_alignment;
    size_t size, alignment;
};

/* NULL is ignored. Whatever `pointer` is, only arithmetic touches it until it proves to be a live
 * block. */
void block_release(void *pointer, const struct release *how, const struct call_site *site);

/* realloc of a live block, in place where there is room; `size` > 0. NULL: out of memory or not a
 * live block (told); the old block is untouched. */
MUST_USE void *block_resize(void *pointer, size_t size, enum api via, const struct call_site *site);

/* Marks the live block that `address` points into, so that neither it nor what it leads to is a
 * leak; it stays so when it is resized. False where no live block is. */
bool block_ignore(uintptr_t address);

/* The size asked for, 0 for anything that is no live block. */
size_t block_usable_size(const void *pointer);

/* Looks at the canaries of every live block and the fill of every freed one; tells what is damaged.
 * Returns how many findings that were. `site` may be NULL. */
size_t block_check_all(enum finding_detected when, const struct call_site *site);

/* The same for one live or freed block. */
size_t block_check(const void *pointer, enum finding_detected when, const struct call_site *site);

/* The same for a block that something has just been written beside, by the calling thread: what is
 * damaged is told as caught in the act. For signal handlers, where no lock of ours is held. */
struct damage_culprit {
    uint32_t stack;
    const char *call; /* as in a finding, as is the next */
    uintptr_t callee;
};
size_t block_check_written(uintptr_t start, const struct damage_culprit *culprit);

/* Gives idle memory back to the system. True if there was any (malloc_trim). */
bool heap_trim(void);

#endif
