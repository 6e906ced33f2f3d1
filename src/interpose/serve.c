#include "interpose/serve.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/align.h"
#include "base/checked.h"
#include "interpose/early.h"
#include "interpose/entry.h"

void *serve_slowly(size_t size, size_t alignment, bool zero, enum api via,
                   const struct call_site *site)
{
    if (!entry_is_open()) {
        return early_alloc(size, alignment);
    }
    DOOR(door);
    if (size > PTRDIFF_MAX) {
        block_tell_request(FINDING_INVALID_SIZE, via, 0, size, 0, site);
        errno = ENOMEM;
        return NULL;
    }
    void *block = block_allocate(size, alignment, zero, via, site);
    if (!block) {
        errno = ENOMEM;
    }
    return block;
}

void *serve_array(size_t count, size_t size, bool zero, enum api via, const struct call_site *site)
{
    size_t total;
    if (UNLIKELY(!checked_mul(count, size, &total))) {
        if (entry_is_open()) {
            DOOR(door);
            block_tell_request(FINDING_INVALID_SIZE, via, count, size, 0, site);
        }
        errno = ENOMEM;
        return NULL;
    }
    return serve(total, ANY_ALIGNMENT, zero, via, site);
}

/* Into the early store; what was there before stays where it is. */
static void *resize_early(const void *pointer, size_t old_size, size_t size)
{
    void *fresh = early_alloc(size, ANY_ALIGNMENT);
    if (fresh) {
        memcpy(fresh, pointer, old_size < size ? old_size : size);
    }
    return fresh;
}

static void *move_from_early(void *pointer, size_t size, enum api via, const struct call_site *site)
{
    void *fresh = serve(size, ANY_ALIGNMENT, false, via, site);
    if (fresh) {
        size_t old = early_size(pointer);
        memcpy(fresh, pointer, old < size ? old : size);
    }
    return fresh;
}

static NOINLINE void *resize_slowly(void *pointer, size_t size, enum api via,
                                    const struct call_site *site)
{
    if (!entry_is_open()) {
        return resize_early(pointer, block_usable_size(pointer), size);
    }
    DOOR(door);
    return block_resize(pointer, size, via, site);
}

void *serve_resize(void *pointer, size_t size, enum api via, const struct call_site *site)
{
    if (!pointer) {
        return serve(size, ANY_ALIGNMENT, false, via, site);
    }
    if (UNLIKELY(early_owns(pointer))) {
        return move_from_early(pointer, size, via, site);
    }
    if (size == 0) {
        serve_release(pointer, &(struct release){.function = via}, site);
        return NULL;
    }
    if (UNLIKELY(size > PTRDIFF_MAX)) {
        return serve_slowly(size, 16, false, via, site); /* tells and refuses */
    }
    void *block = LIKELY(thread_current != NULL) ? block_resize(pointer, size, via, site)
                                                 : resize_slowly(pointer, size, via, site);
    if (UNLIKELY(!block)) {
        errno = ENOMEM;
    }
    return block;
}

bool serve_alignment(size_t alignment, size_t size, enum api via, const struct call_site *site)
{
    if (LIKELY(is_power_of_two(alignment))) {
        return true;
    }
    if (entry_is_open()) {
        DOOR(door);
        block_tell_request(FINDING_INVALID_ALIGNMENT, via, 0, size, alignment, site);
    }
    errno = EINVAL;
    return false;
}

void serve_release_slowly(void *pointer, const struct release *how, const struct call_site *site)
{
    if (entry_is_open()) {
        DOOR(door);
        block_release(pointer, how, site);
    }
}
