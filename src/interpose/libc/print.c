/* Text that a function of the printf family makes in memory: judged by its true length, before any
 * of it leaves its block. */
#include <limits.h>
#include <stdio.h>

#include "interpose/libc/print_arguments.h"
#include "interpose/libc/print_plain.h"

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

/* A call that is not plain. */
static int print_to_memory(const struct call *call, const struct print_target *target,
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

static ALWAYS_INLINE bool is_plain(const char *to, size_t most, const char *format,
                                   va_list arguments)
{
    return LIKELY(call_is_plain(to, most)) && print_list_is_plain(format, arguments, 0, 0);
}

/* Every function of this family takes its arguments one by one and as a list. */
#define WITH_ARGUMENTS(last, ...) \
    va_list arguments; \
    va_start(arguments, last); \
    int length = __VA_ARGS__; \
    va_end(arguments); \
    return length

/* Of a function and its twin that takes a list. In parentheses: the parameters up to the format,
 * their names, and what the target is. */
#define PRINTERS(name, list_name, parameters, passed, target_is) \
    PRINT_JUDGED(name)(UNPACK parameters, ...) \
    { \
        struct call call = CALL(name); \
        struct print_target target = {UNPACK target_is}; \
        WITH_ARGUMENTS(format, print_to_memory(&call, &target, format, arguments)); \
    } \
    static CONTINUATION int judged_##list_name(UNPACK parameters, va_list arguments) \
    { \
        struct call call = CALL(list_name); \
        struct print_target target = {UNPACK target_is}; \
        return print_to_memory(&call, &target, format, arguments); \
    } \
    EXPORTED int list_name(UNPACK parameters, va_list arguments) \
    { \
        const struct print_target target = {UNPACK target_is}; \
        return LIKELY(is_plain(to, target.most, format, arguments)) \
                   ? libc_##list_name(UNPACK passed, arguments) \
                   : judged_##list_name(UNPACK passed, arguments); \
    }

PRINTERS(sprintf, vsprintf, (char *restrict to, const char *restrict format), (to, format),
         (.to = to, .most = SIZE_MAX, .known = SIZE_MAX))
PRINTERS(snprintf, vsnprintf, (char *restrict to, size_t most, const char *restrict format),
         (to, most, format), (.to = to, .bounded = true, .most = most, .known = SIZE_MAX))
PRINTERS(__sprintf_chk, __vsprintf_chk,
         (char *restrict to, int flag, size_t known, const char *restrict format),
         (to, flag, known, format),
         (.to = to, .most = SIZE_MAX, .fortified = true, .flag = flag, .known = known))
PRINTERS(__snprintf_chk, __vsnprintf_chk,
         (char *restrict to, size_t most, int flag, size_t known, const char *restrict format),
         (to, most, flag, known, format),
         (.to = to, .bounded = true, .most = most, .fortified = true, .flag = flag, .known = known))

#define ALL_THERE_IS "mov $-1, %rsi\n"
PRINT_ENTRY(sprintf, "mov %rsi, %rdx\n", ALL_THERE_IS, "2");
PRINT_ENTRY(snprintf, "", "", "3");
PRINT_ENTRY(__sprintf_chk, "mov %rcx, %rdx\n", ALL_THERE_IS, "4");
PRINT_ENTRY(__snprintf_chk, "mov %r8, %rdx\n", "", "5");

SECOND_NAME(_IO_sprintf, sprintf);
SECOND_NAME(_IO_vsprintf, vsprintf);
SECOND_NAME(__vsnprintf, vsnprintf);
