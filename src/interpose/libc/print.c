/* Text that a function of the printf family makes in memory: judged by its true length, before any
 * of it leaves its block. */
#include <limits.h>
#include <stdio.h>

#include "interpose/libc/print_arguments.h"

/* Which of the C library's functions was called, and with what. */
struct print_target {
    char *to;
    bool bounded;   /* snprintf: */
    size_t most;    /* bytes, the terminator's included; SIZE_MAX if not bounded */
    bool fortified; /* __sprintf_chk and __snprintf_chk: */
    int flag;       /* as the caller gave it: above 0, %n must stand in a read-only format */
    size_t known;   /* what the compiler knew of the destination's size; SIZE_MAX: nothing */
};

/* The call as it was made. */
static ALWAYS_INLINE int print_as_asked(const struct print_target *target, const char *format,
                                        va_list arguments)
{
    if (target->bounded) {
        return target->fortified ? libc___vsnprintf_chk(target->to, target->most, target->flag,
                                                        target->known, format, arguments)
                                 : libc_vsnprintf(target->to, target->most, format, arguments);
    }
    return target->fortified
               ? libc___vsprintf_chk(target->to, target->flag, target->known, format, arguments)
               : libc_vsprintf(target->to, format, arguments);
}

/* The same text, as far as `most` bytes hold it; returns its length. */
static int print_within(const struct print_target *target, char *to, size_t most,
                        const char *format, va_list arguments)
{
    va_list copy;
    va_copy(copy, arguments);
    int length = target->fortified
                     ? libc___vsnprintf_chk(to, most, target->flag, SIZE_MAX, format, copy)
                     : libc_vsnprintf(to, most, format, copy);
    va_end(copy);
    return length;
}

/* The text is made once, within the block; only if it does not fit there is the call told of, and
 * then made as it was asked for. A text that is made of what already stands in the block is
 * measured first: making it twice would change it. */
static int print_to_heap(struct print *print, const struct print_target *target, va_list arguments)
{
    size_t room;
    uintptr_t at = (uintptr_t)target->to;
    bool known = bounds_room(at, &room);
    print->low = at;
    print->high = at + (known ? room : 0);
    print_judge_arguments(print, arguments);
    if (known && (room >= target->most || room > INT_MAX)) {
        return print_as_asked(target, print->format, arguments);
    }
    bool in_place = known && !print->reads_its_text && target->known >= room &&
                    (!target->bounded || target->most <= INT_MAX);
    int length = print_within(target, in_place ? target->to : NULL, in_place ? room : 0,
                              print->format, arguments);
    if (length >= 0 && (!known || (size_t)length >= room)) {
        size_t bytes = (size_t)length + 1;
        call_writes(print->call, target->to, bytes < target->most ? bytes : target->most);
    } else if (in_place) {
        return length;
    }
    return print_as_asked(target, print->format, arguments);
}

static int print_judged(struct print *print, const struct print_target *target, va_list arguments)
{
    if (call_is_judged(print->call, target->to) && target->most > 0 &&
        (!target->bounded || target->known >= target->most)) {
        return print_to_heap(print, target, arguments);
    }
    print_judge_arguments(print, arguments);
    return print_as_asked(target, print->format, arguments);
}

NOINLINE static int print_unclear(const struct call *call, const struct print_target *target,
                                  const char *format, va_list arguments)
{
    struct print print = {.call = call, .format = format};
    bool fits = target->bounded && call_is_plain(target->to, target->most);
    if (!fits && call_concerns(target->to)) {
        return print_judged(&print, target, arguments);
    }
    print_judge_arguments(&print, arguments);
    return print_as_asked(target, format, arguments);
}

/* True if the call may be made as it is. */
static ALWAYS_INLINE bool print_fits(const struct print_target *target, const char *format,
                                     va_list arguments)
{
    return LIKELY(target->bounded ? call_is_plain(target->to, target->most)
                                  : !call_concerns(target->to)) &&
           LIKELY(print_is_plain(format, arguments));
}

static ALWAYS_INLINE int print_to_memory(const struct call *call, const struct print_target *target,
                                         const char *format, va_list arguments)
{
    if (print_fits(target, format, arguments)) {
        return print_as_asked(target, format, arguments);
    }
    const struct print_target unclear = *target;
    return print_unclear(call, &unclear, format, arguments);
}

/* Every function of this family takes its arguments one by one and as a list. */
#define WITH_ARGUMENTS(last, ...) \
    va_list arguments; \
    va_start(arguments, last); \
    int length = __VA_ARGS__; \
    va_end(arguments); \
    return length

#define UNBOUNDED(destination) .to = (destination), .most = SIZE_MAX, .known = SIZE_MAX
#define BOUNDED(destination, size) \
    .to = (destination), .bounded = true, .most = (size), .known = SIZE_MAX

EXPORTED int vsprintf(char *restrict to, const char *restrict format, va_list arguments)
{
    struct call call = CALL(vsprintf);
    struct print_target target = {UNBOUNDED(to)};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int sprintf(char *restrict to, const char *restrict format, ...)
{
    struct call call = CALL(sprintf);
    struct print_target target = {UNBOUNDED(to)};
    WITH_ARGUMENTS(format, print_to_memory(&call, &target, format, arguments));
}

EXPORTED int vsnprintf(char *restrict to, size_t most, const char *restrict format,
                       va_list arguments)
{
    struct call call = CALL(vsnprintf);
    struct print_target target = {BOUNDED(to, most)};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int snprintf(char *restrict to, size_t most, const char *restrict format, ...)
{
    struct call call = CALL(snprintf);
    struct print_target target = {BOUNDED(to, most)};
    WITH_ARGUMENTS(format, print_to_memory(&call, &target, format, arguments));
}

#define FORTIFIED .fortified = true, .flag = flag

EXPORTED int __vsprintf_chk(char *restrict to, int flag, size_t known, const char *restrict format,
                            va_list arguments)
{
    struct call call = CALL(__vsprintf_chk);
    struct print_target target = {.to = to, .most = SIZE_MAX, .known = known, FORTIFIED};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int __sprintf_chk(char *restrict to, int flag, size_t known, const char *restrict format,
                           ...)
{
    struct call call = CALL(__sprintf_chk);
    struct print_target target = {.to = to, .most = SIZE_MAX, .known = known, FORTIFIED};
    WITH_ARGUMENTS(format, print_to_memory(&call, &target, format, arguments));
}

EXPORTED int __vsnprintf_chk(char *restrict to, size_t most, int flag, size_t known,
                             const char *restrict format, va_list arguments)
{
    struct call call = CALL(__vsnprintf_chk);
    struct print_target target = {
        .to = to, .bounded = true, .most = most, .known = known, FORTIFIED};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int __snprintf_chk(char *restrict to, size_t most, int flag, size_t known,
                            const char *restrict format, ...)
{
    struct call call = CALL(__snprintf_chk);
    struct print_target target = {
        .to = to, .bounded = true, .most = most, .known = known, FORTIFIED};
    WITH_ARGUMENTS(format, print_to_memory(&call, &target, format, arguments));
}
