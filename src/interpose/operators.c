/* operator new and delete, all forms. A program may replace some of them: then the others must
 * behave as the runtime's own do, and go through the replacement ([new.delete]). All are weak, so
 * that a static link with a program's own definitions is no conflict. */
#include "interpose/operators.h"

#include <stdint.h>

#include "interpose/cxx_runtime.h"
#include "interpose/entry.h"
#include "interpose/serve.h"

#define OPERATOR EXPORTED __attribute__((weak))

/* Our own definition of an operator, whatever the program's name for it is bound to. */
#define OURS(name) \
    extern __typeof__(name) our_##name __attribute__((alias(#name), visibility("hidden")));

OURS(_Znwm)
OURS(_Znam)
OURS(_ZdlPv)
OURS(_ZdaPv)
OURS(_ZnwmSt11align_val_t)
OURS(_ZdlPvSt11align_val_t)
OURS(_ZdaPvSt11align_val_t)

/* `name` by way of the dynamic linker, against ours. */
#define IS_REPLACED(name) UNLIKELY(&(name) != &our_##name)

/* Until memory is found, the new_handler gives up by throwing, or there is none. */
static void *serve_or_throw(size_t size, size_t alignment, enum api via,
                            const struct call_site *site)
{
    for (;;) {
        void *block = alignment == ANY_ALIGNMENT ? serve_plain(size, via, site)
                                                 : serve(size, alignment, false, via, site);
        if (LIKELY(block != NULL)) {
            return block;
        }
        if (!cxx_call_new_handler()) {
            cxx_throw_bad_alloc();
        }
    }
}

/* [new.delete.single]: nothrow new calls plain new and catches. C cannot catch; where there is a
 * handler, which may throw, the runtime's own nothrow new does it. */
static void *serve_nothrow(size_t size, size_t alignment, enum api via, const char *name,
                           const struct call_site *site)
{
    void *block = serve(size, alignment, false, via, site);
    if (LIKELY(block != NULL) || !cxx_has_new_handler()) {
        return block;
    }
    void *catcher = cxx_symbol(name);
    if (!catcher) {
        return NULL;
    }
    static const char tag;
    if (alignment > NATURAL_ALIGNMENT) {
        return ((void *(*)(size_t, size_t, const void *))(uintptr_t)catcher)(size, alignment, &tag);
    }
    return ((void *(*)(size_t, const void *))(uintptr_t)catcher)(size, &tag);
}

OPERATOR void *_Znwm(size_t size)
{
    void *block = serve_quickly(size, API_NEW);
    if (block) {
        return block;
    }
    struct call_site site = CALL_SITE();
    return serve_or_throw(size, ANY_ALIGNMENT, API_NEW, &site);
}

OPERATOR void *_Znam(size_t size)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_Znwm)) {
        return _Znwm(size);
    }
    return serve_or_throw(size, ANY_ALIGNMENT, API_NEW_ARRAY, &site);
}

OPERATOR void *_ZnwmRKSt9nothrow_t(size_t size, const void *tag)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_Znwm)) {
        void *(*theirs)(size_t, const void *) =
            (void *(*)(size_t, const void *))(uintptr_t)cxx_symbol("_ZnwmRKSt9nothrow_t");
        return theirs ? theirs(size, tag) : _Znwm(size);
    }
    return serve_nothrow(size, ANY_ALIGNMENT, API_NEW, "_ZnwmRKSt9nothrow_t", &site);
}

OPERATOR void *_ZnamRKSt9nothrow_t(size_t size, const void *tag)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_Znwm) || IS_REPLACED(_Znam)) {
        void *(*theirs)(size_t, const void *) =
            (void *(*)(size_t, const void *))(uintptr_t)cxx_symbol("_ZnamRKSt9nothrow_t");
        return theirs ? theirs(size, tag) : _Znam(size);
    }
    return serve_nothrow(size, ANY_ALIGNMENT, API_NEW_ARRAY, "_ZnamRKSt9nothrow_t", &site);
}

static void *serve_aligned(size_t size, size_t alignment, enum api via,
                           const struct call_site *site)
{
    if (!serve_alignment(alignment, size, via, site)) {
        cxx_throw_bad_alloc();
    }
    return serve_or_throw(size, alignment, via, site);
}

OPERATOR void *_ZnwmSt11align_val_t(size_t size, size_t alignment)
{
    struct call_site site = CALL_SITE();
    return serve_aligned(size, alignment, API_NEW, &site);
}

OPERATOR void *_ZnamSt11align_val_t(size_t size, size_t alignment)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZnwmSt11align_val_t)) {
        return _ZnwmSt11align_val_t(size, alignment);
    }
    return serve_aligned(size, alignment, API_NEW_ARRAY, &site);
}

OPERATOR void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (!serve_alignment(alignment, size, API_NEW, &site)) {
        return NULL;
    }
    return serve_nothrow(size, alignment, API_NEW, "_ZnwmSt11align_val_tRKSt9nothrow_t", &site);
}

OPERATOR void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (!serve_alignment(alignment, size, API_NEW_ARRAY, &site)) {
        return NULL;
    }
    return serve_nothrow(size, alignment, API_NEW_ARRAY, "_ZnamSt11align_val_tRKSt9nothrow_t",
                         &site);
}

OPERATOR void _ZdlPv(void *pointer)
{
    if (serve_release_quickly(pointer, API_DELETE, false, 0)) {
        return;
    }
    struct call_site site = CALL_SITE();
    serve_release(pointer, &(struct release){.function = API_DELETE}, &site);
}

OPERATOR void _ZdaPv(void *pointer)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdlPv)) {
        _ZdlPv(pointer);
        return;
    }
    serve_release(pointer, &(struct release){.function = API_DELETE_ARRAY}, &site);
}

OPERATOR void _ZdlPvm(void *pointer, size_t size)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdlPv)) {
        _ZdlPv(pointer);
        return;
    }
    if (serve_release_quickly(pointer, API_DELETE, true, size)) {
        return;
    }
    struct release how = {.function = API_DELETE, .has_size = true, .size = size};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdaPvm(void *pointer, size_t size)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdaPv) || IS_REPLACED(_ZdlPv)) {
        _ZdaPv(pointer);
        return;
    }
    struct release how = {.function = API_DELETE_ARRAY, .has_size = true, .size = size};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdlPvRKSt9nothrow_t(void *pointer, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (IS_REPLACED(_ZdlPv)) {
        _ZdlPv(pointer);
        return;
    }
    serve_release(pointer, &(struct release){.function = API_DELETE}, &site);
}

OPERATOR void _ZdaPvRKSt9nothrow_t(void *pointer, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (IS_REPLACED(_ZdaPv) || IS_REPLACED(_ZdlPv)) {
        _ZdaPv(pointer);
        return;
    }
    serve_release(pointer, &(struct release){.function = API_DELETE_ARRAY}, &site);
}

OPERATOR void _ZdlPvSt11align_val_t(void *pointer, size_t alignment)
{
    struct call_site site = CALL_SITE();
    struct release how = {.function = API_DELETE, .has_alignment = true, .alignment = alignment};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdaPvSt11align_val_t(void *pointer, size_t alignment)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdlPvSt11align_val_t)) {
        _ZdlPvSt11align_val_t(pointer, alignment);
        return;
    }
    struct release how = {
        .function = API_DELETE_ARRAY, .has_alignment = true, .alignment = alignment};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdlPvmSt11align_val_t(void *pointer, size_t size, size_t alignment)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdlPvSt11align_val_t)) {
        _ZdlPvSt11align_val_t(pointer, alignment);
        return;
    }
    struct release how = {.function = API_DELETE,
                          .has_size = true,
                          .has_alignment = true,
                          .size = size,
                          .alignment = alignment};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdaPvmSt11align_val_t(void *pointer, size_t size, size_t alignment)
{
    struct call_site site = CALL_SITE();
    if (IS_REPLACED(_ZdaPvSt11align_val_t) || IS_REPLACED(_ZdlPvSt11align_val_t)) {
        _ZdaPvSt11align_val_t(pointer, alignment);
        return;
    }
    struct release how = {.function = API_DELETE_ARRAY,
                          .has_size = true,
                          .has_alignment = true,
                          .size = size,
                          .alignment = alignment};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *pointer, size_t alignment, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (IS_REPLACED(_ZdlPvSt11align_val_t)) {
        _ZdlPvSt11align_val_t(pointer, alignment);
        return;
    }
    struct release how = {.function = API_DELETE, .has_alignment = true, .alignment = alignment};
    serve_release(pointer, &how, &site);
}

OPERATOR void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *pointer, size_t alignment, const void *tag)
{
    struct call_site site = CALL_SITE();
    (void)tag;
    if (IS_REPLACED(_ZdaPvSt11align_val_t) || IS_REPLACED(_ZdlPvSt11align_val_t)) {
        _ZdaPvSt11align_val_t(pointer, alignment);
        return;
    }
    struct release how = {
        .function = API_DELETE_ARRAY, .has_alignment = true, .alignment = alignment};
    serve_release(pointer, &how, &site);
}
