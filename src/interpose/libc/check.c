#include "interpose/libc/check.h"

#include <errno.h>

#include "alloc/door.h"
#include "alloc/lookup.h"
#include "alloc/thread.h"
#include "interpose/entry.h"
#include "interpose/libc/let_through.h"
#include "interpose/libc/start.h"
#include "interpose/libc/string_ends.h"
#include "stack/callsite.h"

struct call_range call_range = {0, CALL_RANGE_ALL};

static bool is_unready(void)
{
    if (LIKELY(call_range.bytes != CALL_RANGE_ALL)) {
        return false;
    }
    real_serve_early();
    return true;
}

/* With the stack, which is taken here, of the call. */
static void tell(const struct call *call, uintptr_t at, struct finding *finding)
{
    int saved = errno;
    if (entry_is_open()) {
        struct thread *thread = thread_get();
        finding->detected = DETECTED_CALL;
        finding->call = call_plain_name(call->id);
        finding->pointer = at;
        struct call_site site = {
            .pc = call->frame[1], .sp = (uintptr_t)(call->frame + 2), .fp = call->frame[0]};
        finding->access_stack = stack_capture(thread->stacks, &site);
        finding->access_thread = thread->number;
        finding_sink(finding);
    }
    errno = saved;
}

/* Apart from the next function: clearing a finding may be a call of memset(), for which it is too
 * early where the library is not ready. */
static NOINLINE void judge(const struct call *call, uintptr_t at, size_t bytes,
                           enum finding_access access)
{
    DOOR(door);
    struct finding finding = {.access = access};
    if (bounds_are_left(at, bytes, &finding)) {
        tell(call, at, &finding);
        let_through(&finding, at + bytes);
    }
}

bool call_is_fine(const void *at, size_t bytes)
{
    size_t room;
    return bytes == 0 || !call_concerns(at) ||
           (call_range.bytes != CALL_RANGE_ALL && bounds_room((uintptr_t)at, &room) &&
            bytes <= room);
}

static NOINLINE void judge_slowly(const struct call *call, uintptr_t at, size_t bytes,
                                  enum finding_access access)
{
    if (!is_unready() && !call_is_fine((const void *)at, bytes) && !calls_are_skipped(call->id)) {
        judge(call, at, bytes, access);
    }
}

void call_judge(const struct call *call, uintptr_t at, size_t bytes, enum finding_access access)
{
    struct bounds bounds;
    if (UNLIKELY(!call_bounds_near((const void *)at, &bounds) || bytes > bounds.room)) {
        judge_slowly(call, at, bytes, access);
    }
}

void call_reads_both(const struct call *call, const void *a, const void *b, size_t bytes)
{
    call_reads(call, a, bytes);
    call_reads(call, b, bytes);
}

void call_moves(const struct call *call, const void *to, const void *from, size_t bytes)
{
    call_reads(call, from, bytes);
    call_writes(call, to, bytes);
}

static NOINLINE void judge_overlap(const struct call *call, uintptr_t to, uintptr_t from,
                                   size_t bytes)
{
    struct finding finding = {.kind = FINDING_OVERLAP, .access = ACCESS_WRITE};
    uintptr_t first = to > from ? to : from;
    if (block_find(to, &finding.block)) {
        finding.has_block = true;
        finding.has_offset = true;
        finding.offset = (ptrdiff_t)(first - finding.block.address);
        finding.bad_bytes = (to < from ? to : from) + bytes - first;
        DOOR(door);
        tell(call, to, &finding);
    }
}

void call_judge_overlap(const struct call *call, const void *to, const void *from, size_t bytes)
{
    if (!is_unready() && to != from && call_concerns(to) && !calls_are_skipped(call->id)) {
        judge_overlap(call, (uintptr_t)to, (uintptr_t)from, bytes);
    }
}

size_t call_judge_room(const struct call *call, uintptr_t at)
{
    size_t room;
    if (is_unready()) {
        return SIZE_MAX;
    }
    if (bounds_room(at, &room)) {
        return room;
    }
    judge_slowly(call, at, 1, ACCESS_READ);
    return SIZE_MAX;
}

size_t call_reads_string_within(const struct call *call, const char *text, size_t most)
{
    if (most == 0) {
        return 0;
    }
    size_t room = call_room(call, text);
    size_t near = most < room ? most : room;
    size_t length = libc_strnlen(text, near);
    if (LIKELY(length < near || near == most)) {
        return length;
    }
    call_judge(call, (uintptr_t)text, room + 1, ACCESS_READ);
    return room + libc_strnlen(text + room, most - room);
}

size_t call_reads_string(const struct call *call, const char *text)
{
    size_t room = call_room(call, text);
    if (room == SIZE_MAX) {
        return libc_strlen(text);
    }
    size_t length = libc_strnlen(text, room);
    if (LIKELY(length < room)) {
        return length;
    }
    call_judge(call, (uintptr_t)text, room + 1, ACCESS_READ);
    return room + libc_strlen(text + room);
}

/* A character that only begins in the block is beyond it. */
size_t call_reads_wide_within(const struct call *call, const wchar_t *text, size_t most)
{
    if (most == 0) {
        return 0;
    }
    size_t room = call_room(call, text), fit = room / sizeof *text;
    size_t near = most < fit ? most : fit;
    size_t length = libc_wcsnlen(text, near);
    if (LIKELY(length < near || near == most)) {
        return length;
    }
    call_judge(call, (uintptr_t)text, (fit + 1) * sizeof *text, ACCESS_READ);
    return fit + libc_wcsnlen(text + fit, most - fit);
}

size_t call_reads_wide(const struct call *call, const wchar_t *text)
{
    return call_reads_wide_within(call, text, SIZE_MAX / sizeof *text);
}

enum { LAST_CHARACTERS = 2, NEAR_CHARACTERS = STRING_PARTS * STRING_PART };

static bool ends_last_wide(const wchar_t *text, size_t room)
{
    return room >= LAST_CHARACTERS && room <= OS_PAGE / sizeof *text &&
           (text[room - 1] == L'\0' || text[room - 2] == L'\0');
}

bool call_string_ends(const char *text, size_t room)
{
    return string_ends_last(text, room) || libc_strnlen(text, room) < room;
}

bool call_wide_ends(const wchar_t *text, size_t room)
{
    return ends_last_wide(text, room) || libc_wcsnlen(text, room) < room;
}

/* The quick look, and one at a few more bytes where a page ends. */
static bool ends_near(const char *text, size_t room)
{
    size_t near = room < NEAR_CHARACTERS ? room : NEAR_CHARACTERS;
    return string_ends_at_once(text, room) ||
           (!string_page_has(text, NEAR_CHARACTERS) && libc_strnlen(text, near) < near);
}

size_t call_open_string(const struct call *call, const char *text)
{
    size_t room = call_room(call, text);
    return room == SIZE_MAX || ends_near(text, room) ? SIZE_MAX : room;
}

size_t call_open_wide(const struct call *call, const wchar_t *text)
{
    size_t room = call_room(call, text), fit = room / sizeof *text;
    if (room == SIZE_MAX || ends_last_wide(text, fit)) {
        return SIZE_MAX;
    }
    size_t near = fit < NEAR_CHARACTERS ? fit : NEAR_CHARACTERS;
    return libc_wcsnlen(text, near) < near ? SIZE_MAX : fit;
}
