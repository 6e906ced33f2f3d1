/* swprintf and its kin: told of by the length that the text turns out to have. It is no length if
 * the text did not fit the size that the program gave. */
#include <stdio.h>

#include "base/checked.h"
#include "interpose/libc/print_arguments.h"

struct wide_target {
    wchar_t *to;
    size_t most; /* characters */
    bool fortified;
    int flag;
    size_t known; /* characters, by the compiler */
};

static int print_as_asked(const struct wide_target *target, wchar_t *to, const wchar_t *format,
                          va_list arguments)
{
    return target->fortified ? libc___vswprintf_chk(to, target->most, target->flag, target->known,
                                                    format, arguments)
                             : libc_vswprintf(to, target->most, format, arguments);
}

static int print_to_memory(const struct call *call, const struct wide_target *target,
                           const wchar_t *format, va_list arguments)
{
    struct print print = {.call = call, .format = format, .wide = true};
    print_judge_arguments(&print, arguments);
    size_t bytes;
    if (!checked_mul(target->most, sizeof(wchar_t), &bytes) ||
        (target->fortified && target->known < target->most)) {
        return print_as_asked(target, target->to, format, arguments);
    }
    DETOUR detour = detour_begin(call, target->to, bytes);
    wchar_t *at = (wchar_t *)detour.at;
    int length = print_as_asked(target, at, format, arguments);
    if (UNLIKELY(detour.judged)) {
        size_t end = libc_wcsnlen(at, target->most);
        detour_end(&detour, end < target->most ? (end + 1) * sizeof *at : bytes);
    }
    return length;
}

#define WITH_ARGUMENTS(...) \
    va_list arguments; \
    va_start(arguments, format); \
    int length = __VA_ARGS__; \
    va_end(arguments); \
    return length

EXPORTED int vswprintf(wchar_t *restrict to, size_t most, const wchar_t *restrict format,
                       va_list arguments)
{
    struct call call = CALL(vswprintf);
    struct wide_target target = {.to = to, .most = most};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int swprintf(wchar_t *restrict to, size_t most, const wchar_t *restrict format, ...)
{
    struct call call = CALL(swprintf);
    struct wide_target target = {.to = to, .most = most};
    WITH_ARGUMENTS(print_to_memory(&call, &target, format, arguments));
}

EXPORTED int __vswprintf_chk(wchar_t *restrict to, size_t most, int flag, size_t known,
                             const wchar_t *restrict format, va_list arguments)
{
    struct call call = CALL(__vswprintf_chk);
    struct wide_target target = {
        .to = to, .most = most, .fortified = true, .flag = flag, .known = known};
    return print_to_memory(&call, &target, format, arguments);
}

EXPORTED int __swprintf_chk(wchar_t *restrict to, size_t most, int flag, size_t known,
                            const wchar_t *restrict format, ...)
{
    struct call call = CALL(__swprintf_chk);
    struct wide_target target = {
        .to = to, .most = most, .fortified = true, .flag = flag, .known = known};
    WITH_ARGUMENTS(print_to_memory(&call, &target, format, arguments));
}
