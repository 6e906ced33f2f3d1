#include "interpose/libc/scan_arguments.h"

#include <errno.h>

#include "base/scan_format.h"
#include "interpose/libc/stream.h"

/* All arguments are pointers. */
struct pointers {
    va_list all; /* where positions count from */
    va_list list;
};

static void *fetch(struct pointers *pointers, int position)
{
    if (position == 0) {
        return va_arg(pointers->list, void *);
    }
    va_list from_start;
    void *found = NULL;
    va_copy(from_start, pointers->all);
    while (position-- > 0) {
        found = va_arg(from_start, void *);
    }
    va_end(from_start);
    return found;
}

static void judge_before(const struct scan *scan, const struct scan_directive *directive, void *to)
{
    switch (directive->target) {
    case SCAN_NOTHING:
        break;
    case SCAN_FIXED:
        call_writes(scan->call, to, directive->bytes);
        break;
    case SCAN_CHARS:
        call_writes(scan->call, to, (size_t)directive->width);
        break;
    case SCAN_WIDE_CHARS:
        call_writes(scan->call, to, (size_t)directive->width * sizeof(wchar_t));
        break;
    case SCAN_STRING:
        call_writes(scan->call, to, sizeof(char));
        break;
    case SCAN_WIDE_STRING:
        call_writes(scan->call, to, sizeof(wchar_t));
        break;
    }
}

/* Where there is no live block, none has room. */
static void judge_after(const struct scan *scan, const struct scan_directive *directive, void *to)
{
    size_t room = 0;
    if (!call_is_judged(scan->call, to)) {
        return;
    }
    bool in_block = bounds_room((uintptr_t)to, &room);
    if (directive->target == SCAN_STRING) {
        if (!in_block || libc_strnlen(to, room) == room) {
            call_wrote_rest(scan->call, to, libc_strlen(to) + 1);
        }
    } else if (directive->target == SCAN_WIDE_STRING) {
        size_t fit = room / sizeof(wchar_t);
        if (!in_block || libc_wcsnlen(to, fit) == fit) {
            call_wrote_rest(scan->call, to, (libc_wcslen(to) + 1) * sizeof(wchar_t));
        }
    }
}

typedef void judge_function(const struct scan *, const struct scan_directive *, void *);

/* Up to the directive that assigns the last of `most`. */
static void walk(const struct scan *scan, struct pointers *pointers, judge_function *judge,
                 int most)
{
    struct format_text text = {.next = scan->format, .wide = scan->wide};
    struct scan_directive directive;
    while (scan_format_next(&text, scan->old_a, &directive) == FORMAT_DIRECTIVE) {
        if (directive.target == SCAN_NOTHING) {
            continue;
        }
        if (directive.counted && most-- <= 0) {
            return;
        }
        void *to = fetch(pointers, directive.position);
        if (UNLIKELY(call_concerns(to))) {
            judge(scan, &directive, to);
        }
    }
}

static void walk_all(const struct scan *scan, va_list arguments, judge_function *judge, int most)
{
    struct pointers pointers;
    int saved = errno;
    va_copy(pointers.all, arguments);
    va_copy(pointers.list, arguments);
    walk(scan, &pointers, judge, most);
    va_end(pointers.list);
    va_end(pointers.all);
    errno = saved;
}

void scan_judge_before(const struct scan *scan, va_list arguments)
{
    if (!calls_are_judged()) {
        return;
    }
    if (scan->wide) {
        wide_text_judge(scan->call, scan->format);
    } else {
        text_judge(scan->call, scan->format);
    }
    walk_all(scan, arguments, judge_before, INT_MAX);
}

void scan_judge_after(const struct scan *scan, va_list arguments, int assigned)
{
    if (assigned > 0 && calls_are_judged()) {
        walk_all(scan, arguments, judge_after, assigned);
    }
}
