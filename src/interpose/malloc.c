/* The C allocation functions, with glibc's habits where the standards leave a choice. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/align.h"
#include "base/checked.h"
#include "interpose/early.h"
#include "interpose/entry.h"
#include "interpose/serve.h"
#include "os/pages.h"

/* C23; no header of today's declares them. */
void free_sized(void *pointer, size_t size);
void free_aligned_sized(void *pointer, size_t alignment, size_t size);

EXPORTED void *malloc(size_t size)
{
    void *block = serve_quickly(size, API_MALLOC);
    if (block) {
        return block;
    }
    struct call_site site = CALL_SITE();
    return serve_plain(size, API_MALLOC, &site);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    size_t total;
    void *block = checked_mul(count, size, &total) ? serve_quickly(total, API_CALLOC) : NULL;
    if (block) {
        return block;
    }
    struct call_site site = CALL_SITE();
    return serve_array(count, size, true, API_CALLOC, &site);
}

EXPORTED void *realloc(void *pointer, size_t size)
{
    struct call_site site = CALL_SITE();
    return serve_resize(pointer, size, API_REALLOC, &site);
}

EXPORTED void *reallocarray(void *pointer, size_t count, size_t size)
{
    struct call_site site = CALL_SITE();
    size_t total;
    if (!checked_mul(count, size, &total)) {
        return serve_array(count, size, false, API_REALLOCARRAY, &site); /* tells and refuses */
    }
    return serve_resize(pointer, total, API_REALLOCARRAY, &site);
}

EXPORTED void free(void *pointer)
{
    static const struct release by_free = {.function = API_FREE};
    if (serve_release_quickly(pointer, API_FREE, false, 0)) {
        return;
    }
    struct call_site site = CALL_SITE();
    serve_release(pointer, &by_free, &site);
}

EXPORTED void cfree(void *pointer)
{
    static const struct release by_free = {.function = API_FREE};
    struct call_site site = CALL_SITE();
    serve_release(pointer, &by_free, &site);
}

EXPORTED void free_sized(void *pointer, size_t size)
{
    struct call_site site = CALL_SITE();
    struct release how = {.function = API_FREE_SIZED, .has_size = true, .size = size};
    serve_release(pointer, &how, &site);
}

EXPORTED void free_aligned_sized(void *pointer, size_t alignment, size_t size)
{
    struct call_site site = CALL_SITE();
    struct release how = {.function = API_FREE_ALIGNED_SIZED,
                          .has_size = true,
                          .has_alignment = true,
                          .size = size,
                          .alignment = alignment};
    serve_release(pointer, &how, &site);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    struct call_site site = CALL_SITE();
    if (!serve_alignment(alignment, size, API_ALIGNED_ALLOC, &site)) {
        return NULL;
    }
    return serve(size, alignment, false, API_ALIGNED_ALLOC, &site);
}

/* glibc rounds an odd alignment up to a power of two; so do we, having told it. */
EXPORTED void *memalign(size_t alignment, size_t size)
{
    struct call_site site = CALL_SITE();
    if (!serve_alignment(alignment, size, API_MEMALIGN, &site)) {
        if (alignment > SIZE_MAX / 2 + 1) {
            return NULL;
        }
        alignment = (size_t)1 << log2_ceil(alignment);
    }
    return serve(size, alignment, false, API_MEMALIGN, &site);
}

EXPORTED int posix_memalign(void **out, size_t alignment, size_t size)
{
    struct call_site site = CALL_SITE();
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0) {
        return EINVAL;
    }
    int saved = errno;
    void *block = serve(size, alignment, false, API_POSIX_MEMALIGN, &site);
    errno = saved;
    if (!block) {
        return ENOMEM;
    }
    *out = block;
    return 0;
}

EXPORTED void *valloc(size_t size)
{
    struct call_site site = CALL_SITE();
    return serve(size, OS_PAGE, false, API_VALLOC, &site);
}

EXPORTED void *pvalloc(size_t size)
{
    struct call_site site = CALL_SITE();
    bool rounds = size <= PTRDIFF_MAX - OS_PAGE;
    return serve(rounds ? align_up(size, OS_PAGE) : size, OS_PAGE, false, API_PVALLOC, &site);
}

/* Exactly what was asked for: using more than that is an error here, so it must not be offered. */
EXPORTED size_t malloc_usable_size(void *pointer)
{
    if (!pointer || !entry_is_open()) {
        return 0;
    }
    return early_owns(pointer) ? early_size(pointer) : block_usable_size(pointer);
}
