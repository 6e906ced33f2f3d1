/* The buffers of a call, judged against the heap before the call happens. What leaves its block, or
 * lies in a freed one, is told; then the call goes on as the program asked, unless halt=on.
 *
 * An address outside of the heap costs a subtraction and a comparison. All of this keeps errno,
 * takes no lock unless there is something to tell, and works before the allocator was started
 * (nothing is judged then) and in signal handlers.
 *
 * An interposed function looks like this:
 *
 *     EXPORTED void *memmem(const void *from, size_t bytes, const void *what, size_t what_bytes)
 *     {
 *         if (call_concerns(from) || call_concerns(what)) {
 *             struct call call = CALL(memmem);
 *             call_reads(&call, from, bytes);
 *             call_reads(&call, what, what_bytes);
 *         }
 *         return libc_memmem(from, bytes, what, what_bytes);
 *     }
 *
 * Those that programs call most are in two parts. The first needs no frame: it ends in a jump,
 * either to the C library's function or, where call_is_plain() cannot say that all is well, to the
 * second part, which finds itself in the place of the first and looks like the one above.
 *
 *     static CONTINUATION void *judged_memset(void *to, int byte, size_t bytes)
 *     {
 *         struct call call = CALL(memset);
 *         call_writes(&call, to, bytes);
 *         return libc_memset(to, byte, bytes);
 *     }
 *
 *     EXPORTED void *memset(void *to, int byte, size_t bytes)
 *     {
 *         if (LIKELY(call_is_plain(to, bytes))) {
 *             return libc_memset(to, byte, bytes);
 *         }
 *         return judged_memset(to, byte, bytes);
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

/* The block at `at`, in which that lies or right behind it. False where that is not known at once:
 * call_judge() and call_judge_room() know more. */
static ALWAYS_INLINE bool call_bounds_near(const void *at, struct bounds *bounds)
{
    return LIKELY(call_range.bytes != CALL_RANGE_ALL) &&
           LIKELY(bounds_near((uintptr_t)at - call_range.base, bounds));
}

/* SIZE_MAX: as much as the program likes. 0: nothing, or not known at once. */
static ALWAYS_INLINE size_t call_room_near(const void *at)
{
    struct bounds bounds;
    if (!call_concerns(at)) {
        return SIZE_MAX;
    }
    return call_bounds_near(at, &bounds) ? bounds.room : 0;
}

/* True for what is seen at once to be in order. Before the start nothing is, no bytes either: the
 * call comes by check.c. */
static ALWAYS_INLINE bool call_is_plain(const void *at, size_t bytes)
{
    struct bounds bounds;
    return !call_concerns(at) || (call_bounds_near(at, &bounds) && LIKELY(bytes <= bounds.room));
}

/* Of two that must not share a byte. */
static ALWAYS_INLINE bool call_is_apart(const void *to, const void *from, size_t bytes)
{
    uintptr_t target = (uintptr_t)to, source = (uintptr_t)from;
    return target - source >= bytes && source - target >= bytes;
}

/* call_is_plain() of two, which must not share a byte if they are to be apart. A pair often lies in
 * one block: lines in a buffer, entries of a table, what is moved up or down; then the second costs
 * a comparison. What is in order in two blocks shares none, and out of the heap nobody asks. */
static ALWAYS_INLINE bool call_are_plain(const void *a, const void *b, size_t bytes, bool apart)
{
    struct bounds bounds;
    if (call_concerns(a)) {
        if (!call_bounds_near(a, &bounds) || UNLIKELY(bytes > bounds.room)) {
            return false;
        }
        size_t room = bounds.room + ((uintptr_t)a - (uintptr_t)b);
        if (room <= bounds.size && bytes <= room) {
            return !apart || call_is_apart(a, b, bytes);
        }
    }
    return call_is_plain(b, bytes);
}

/* True if it is surely in order. */
bool call_is_fine(const void *at, size_t bytes);

/* Tells it if an access is not in order. */
void call_judge(const struct call *call, uintptr_t at, size_t bytes, enum finding_access access);

/* `bytes` bytes from `at` will be read, or written. */
static ALWAYS_INLINE void call_reads(const struct call *call, const void *at, size_t bytes)
{
    if (call_concerns(at)) {
        call_judge(call, (uintptr_t)at, bytes, ACCESS_READ);
    }
}

static ALWAYS_INLINE void call_writes(const struct call *call, const void *at, size_t bytes)
{
    if (call_concerns(at)) {
        call_judge(call, (uintptr_t)at, bytes, ACCESS_WRITE);
    }
}

/* Of both `bytes` bytes will be read; or they will be read and written. */
void call_reads_both(const struct call *call, const void *a, const void *b, size_t bytes);
void call_moves(const struct call *call, const void *to, const void *from, size_t bytes);

size_t call_judge_room(const struct call *call, uintptr_t at);

/* How many bytes may be read from `at` on. SIZE_MAX: whatever the program likes, as it is none of
 * the heap's, or not in a live block, which has been told of now. What is read beyond is for the
 * caller to tell, by call_reads(call, at, room + 1). */
static ALWAYS_INLINE size_t call_room(const struct call *call, const void *at)
{
    size_t room = call_room_near(at);
    return LIKELY(room > 0) ? room : call_judge_room(call, (uintptr_t)at);
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
void call_judge_overlap(const struct call *call, const void *to, const void *from, size_t bytes);

static ALWAYS_INLINE void call_copies(const struct call *call, const void *to, const void *from,
                                      size_t bytes)
{
    if (UNLIKELY(!call_is_apart(to, from, bytes)) && bytes > 0) {
        call_judge_overlap(call, to, from, bytes);
    }
}

#endif
