/* The buffers of a call, judged against the heap before the call happens. What leaves its block, or
 * lies in a freed one, is told; then the call goes on as the program asked, unless halt=on.
 *
 * An address outside of the heap costs a subtraction and a comparison. All of this keeps errno,
 * takes no lock unless there is something to tell, and works before the allocator was started
 * (nothing is judged then) and in signal handlers.
 *
 * An interposed function looks like this:
 *
 *     EXPORTED void *memcpy(void *to, const void *from, size_t bytes)
 *     {
 *         if (call_concerns(to) || call_concerns(from)) {
 *             struct call call = CALL(memcpy);
 *             call_reads(&call, from, bytes);
 *             call_writes(&call, to, bytes);
 *         }
 *         return libc_memcpy(to, from, bytes);
 *     }
 *
 * call_concerns(), or a function that starts with it, must come before any call of libc_*(). */
#ifndef INTERPOSE_LIBC_CHECK_H
#define INTERPOSE_LIBC_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "alloc/bounds.h"
#include "base/compiler.h"
#include "interpose/libc/real.h"

/* The addresses that are judged: at first all, so that the first call of each function comes by
 * check.c; then the arena, or none (intercept=off). */
struct call_range {
    uintptr_t base;
    size_t bytes;
};
extern struct call_range call_range __attribute__((visibility("hidden")));
#define CALL_RANGE_ALL SIZE_MAX

/* A call in progress. */
struct call {
    enum call_id id;
    const uintptr_t *frame; /* of the interposed function: what CALL_SITE() is read from */
};
/* In the exported function itself. */
#define CALL(function) CALL_OF(CALL_##function)
#define CALL_OF(call_id) ((struct call){.id = (call_id), .frame = __builtin_frame_address(0)})

static ALWAYS_INLINE bool call_concerns(const void *at)
{
    return (uintptr_t)at - call_range.base < call_range.bytes;
}

/* True for what is surely in order. */
static ALWAYS_INLINE bool call_is_fine(const void *at, size_t bytes)
{
    size_t room;
    __builtin_prefetch(at);
    return bytes == 0 || !call_concerns(at) ||
           (LIKELY(call_range.bytes != CALL_RANGE_ALL) &&
            (bounds_room_near((uintptr_t)at, &room) || bounds_room((uintptr_t)at, &room)) &&
            bytes <= room);
}

/* The rest of call_reads() and call_writes(). */
void call_judge(struct call call, uintptr_t at, size_t bytes, enum finding_access access);

/* `bytes` bytes from `at` will be read, or written. */
static ALWAYS_INLINE void call_reads(const struct call *call, const void *at, size_t bytes)
{
    if (UNLIKELY(!call_is_fine(at, bytes))) {
        call_judge(*call, (uintptr_t)at, bytes, ACCESS_READ);
    }
}

static ALWAYS_INLINE void call_writes(const struct call *call, const void *at, size_t bytes)
{
    if (UNLIKELY(!call_is_fine(at, bytes))) {
        call_judge(*call, (uintptr_t)at, bytes, ACCESS_WRITE);
    }
}

size_t call_judge_room(struct call call, uintptr_t at);

/* How many bytes may be read from `at` on. SIZE_MAX: whatever the program likes, as it is none of
 * the heap's, or not in a live block, which has been told of now. What is read beyond is for the
 * caller to tell, by call_reads(call, at, room + 1). */
static ALWAYS_INLINE size_t call_room(const struct call *call, const void *at)
{
    size_t room;
    if (!call_concerns(at)) {
        return SIZE_MAX;
    }
    if (LIKELY(call_range.bytes != CALL_RANGE_ALL && bounds_room_near((uintptr_t)at, &room))) {
        return room;
    }
    return call_judge_room(*call, (uintptr_t)at);
}

/* The length of a string that will be read to its end, as strlen() and strnlen() have it. */
size_t call_reads_string(const struct call *call, const char *text);
size_t call_reads_string_within(const struct call *call, const char *text, size_t most);

/* The same of a wide string, in characters. */
size_t call_reads_wide(const struct call *call, const wchar_t *text);
size_t call_reads_wide_within(const struct call *call, const wchar_t *text, size_t most);

/* True if there is an end among the first `room` characters, all that the block has left. */
bool call_string_ends(const char *text, size_t room);
bool call_wide_ends(const wchar_t *text, size_t room);

/* For a function that reads a string up to its end at most, but often stops before: how many
 * characters, without an end among them, the block is known to have left there. SIZE_MAX: the
 * function may go on as it is, since the end is near, or nothing is judged. Looks at a few bytes
 * only, so that a program which calls such a function again and again for the rest of a long text
 * does not pay for the whole text each time. */
size_t call_open_string(const struct call *call, const char *text);
size_t call_open_wide(const struct call *call, const wchar_t *text);

/* Source and destination of a copy that must not overlap; told if they do, within the heap. */
static ALWAYS_INLINE bool call_is_apart(const void *to, const void *from, size_t bytes)
{
    uintptr_t target = (uintptr_t)to, source = (uintptr_t)from;
    return target - source >= bytes && source - target >= bytes;
}

void call_judge_overlap(struct call call, const void *to, const void *from, size_t bytes);

static ALWAYS_INLINE void call_copies(const struct call *call, const void *to, const void *from,
                                      size_t bytes)
{
    if (UNLIKELY(!call_is_apart(to, from, bytes)) && bytes > 0) {
        call_judge_overlap(*call, to, from, bytes);
    }
}

#endif
