/* The quick look at a call, at what nearly all formats have and no more: functions that end in one
 * another, none of which needs many registers, nor a frame. */
#include "interpose/libc/detour.h"
#include "interpose/libc/print_plain.h"
#include "interpose/libc/print_text.h"

static look_function look_quickly;

static NOINLINE bool look_behind_literal(const char *at, const uint64_t *next, const uint64_t *end,
                                         unsigned doubles)
{
    at = call_has_vectors(end) ? text_skip_literal(at) : libc_strchrnul(at, '%');
    return look_quickly(at, next, end, doubles);
}

/* At a "%s" whose string is in the heap. */
static NOINLINE bool look_at_string(const char *at, const uint64_t *next, const uint64_t *end,
                                    unsigned doubles)
{
    const char *text = (const char *)*next;
    struct bounds bounds;
    if (LIKELY(call_bounds_near(text, &bounds)) && LIKELY(string_ends_last(text, bounds.room))) {
        return look_quickly(at + sizeof "%s" - 1, next + 1, end, doubles);
    }
    return print_look_well(at, next, end, doubles);
}

/* The kind of a conversion behind flags, a width, a precision and a length. More is let through
 * than has a meaning: that is for the C library to find. */
static ALWAYS_INLINE int find_quickly(const char **at)
{
    while (kind_at(*at) < NOT_PLAIN) {
        ++*at;
    }
    if (kind_at(*at) != PLAIN_LENGTH) {
        return kind_at(*at);
    }
    while (kind_at(*at) == PLAIN_LENGTH) {
        ++*at;
    }
    return kind_at(*at) == PLAIN_VALUE ? PLAIN_VALUE : NOT_PLAIN;
}

/* The first look at a call is a part of its caller: one jump less. */
static ALWAYS_INLINE bool look(const char *at, const uint64_t *next, const uint64_t *end,
                               unsigned doubles)
{
    for (const char *from = at; *at != '\0'; from = at) {
        if (*at++ != '%') {
            if (LIKELY(text_skip_bytes(&at))) {
                continue;
            }
            return look_behind_literal(at, next, end, doubles);
        }
        int kind = kind_at(at);
        if (UNLIKELY(kind < PLAIN_VALUE)) {
            kind = find_quickly(&at);
        }
        if (LIKELY(kind == PLAIN_STRING)) {
            next = call_next(next, end);
            if (UNLIKELY(call_concerns((const char *)*next))) {
                return at - from == 1 ? look_at_string(from, next, end, doubles)
                                      : print_look_well(from, next, end, doubles);
            }
            next++;
        } else if (LIKELY(kind == PLAIN_VALUE)) {
            next = call_next(next, end) + 1;
        } else if (kind == PLAIN_DOUBLE && doubles > 0) {
            doubles--;
        } else {
            return print_look_well(from, next, end, doubles);
        }
        at++;
    }
    return true;
}

static NOINLINE bool look_quickly(const char *at, const uint64_t *next, const uint64_t *end,
                                  unsigned doubles)
{
    return look(at, next, end, doubles);
}

bool print_call_is_plain(const void *to, size_t bytes, const char *format, const uint64_t *next,
                         const uint64_t *end)
{
    if (UNLIKELY(call_range.bytes == 0)) { /* intercept=off */
        return true;
    }
    if (UNLIKELY(!call_is_plain(to, bytes)) || UNLIKELY(!format)) {
        return false;
    }
    return LIKELY(!call_concerns(format)) ? look(format, next, end, CALL_DOUBLES)
                                          : print_look_well(format, next, end, CALL_DOUBLES);
}
