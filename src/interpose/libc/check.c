#include "interpose/libc/check.h"

#include <errno.h>

#include "alloc/known.h"
#include "alloc/lookup.h"
#include "alloc/thread.h"
#include "interpose/entry.h"
#include "interpose/libc/start.h"

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
        finding->call = call_name(call->id);
        finding->pointer = at;
        finding->access_stack = stack_capture(thread->stacks, &call->site);
        finding->access_thread = thread->number;
        finding_sink(finding);
    }
    errno = saved;
}

static void remember_damage(const struct finding *finding)
{
    uintptr_t first = finding->block.address + (uintptr_t)finding->offset;
    size_t most = arena.base + arena.bytes - first;
    known_add(first, first + (finding->bad_bytes < most ? finding->bad_bytes : most));
}

void call_judge(const struct call *call, uintptr_t at, size_t bytes, enum finding_access access)
{
    struct finding finding = {.access = access};
    if (is_unready() || !call_concerns((const void *)at) || calls_are_skipped(call->id) ||
        !bounds_are_left(at, bytes, &finding)) {
        return;
    }
    tell(call, at, &finding);
    if (access == ACCESS_WRITE) {
        remember_damage(&finding);
    }
}

void call_judge_overlap(const struct call *call, const void *to, const void *from, size_t bytes)
{
    struct finding finding = {.kind = FINDING_OVERLAP, .access = ACCESS_WRITE};
    uintptr_t target = (uintptr_t)to, source = (uintptr_t)from;
    uintptr_t first = target > source ? target : source;
    if (is_unready() || target == source || !call_concerns(to) || calls_are_skipped(call->id) ||
        !block_find(target, &finding.block)) {
        return;
    }
    finding.has_block = true;
    finding.has_offset = true;
    finding.offset = (ptrdiff_t)(first - finding.block.address);
    finding.bad_bytes = (target < source ? target : source) + bytes - first;
    tell(call, target, &finding);
}

size_t call_room(const struct call *call, const void *at)
{
    size_t room;
    if (!call_concerns(at) || is_unready() || calls_are_skipped(call->id)) {
        return SIZE_MAX;
    }
    if (LIKELY(bounds_room_near((uintptr_t)at, &room)) || bounds_room((uintptr_t)at, &room)) {
        return room;
    }
    call_judge(call, (uintptr_t)at, 1, ACCESS_READ);
    return SIZE_MAX;
}

size_t call_reads_string_within(const struct call *call, const char *text, size_t most)
{
    size_t room = most > 0 ? call_room(call, text) : 0;
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
    size_t room = most > 0 ? call_room(call, text) : 0, fit = room / sizeof *text;
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

/* A few bytes, and a look from behind that touches no page which the program may have protected: of
 * a block's last page bytes none is a whole page that the text does not begin in. */
enum { NEAR_CHARACTERS = 64, LOOK_BACK = 4096, LAST_BYTES = 8 };

static bool has_zero(const char *at)
{
    for (unsigned i = 0; i < LAST_BYTES; i++) {
        if (at[i] == '\0') {
            return true;
        }
    }
    return false;
}

size_t call_open_string(const struct call *call, const char *text)
{
    size_t room = call_room(call, text);
    size_t near = room < NEAR_CHARACTERS ? room : NEAR_CHARACTERS;
    if (room == SIZE_MAX || libc_strnlen(text, near) < near ||
        (room > NEAR_CHARACTERS && room <= LOOK_BACK && has_zero(text + room - LAST_BYTES))) {
        return SIZE_MAX;
    }
    return room;
}

size_t call_open_wide(const struct call *call, const wchar_t *text)
{
    size_t room = call_room(call, text), fit = room / sizeof *text;
    size_t near = fit < NEAR_CHARACTERS ? fit : NEAR_CHARACTERS;
    if (room == SIZE_MAX || libc_wcsnlen(text, near) < near ||
        (fit > NEAR_CHARACTERS && room <= LOOK_BACK && text[fit - 1] == L'\0')) {
        return SIZE_MAX;
    }
    return fit;
}
