/* Text from one character set to another. */
#include <errno.h>
#include <iconv.h>

#include "interpose/libc/detour.h"

/* Of the input, what may be read before anything is told: all, or as far as its block goes. */
static size_t input_within(const struct call *call, const char *from, size_t bytes)
{
    size_t room = call_is_plain(from, bytes) ? bytes : call_room(call, from);
    return room < bytes ? room : bytes;
}

/* Input that begins in a block and is said to be longer is converted as far as the block goes
 * first: only a conversion that wants more then reads beyond it. */
static size_t convert_within(const struct call *call, iconv_t converter, char **from, size_t *left,
                             char **to, size_t *to_left)
{
    size_t within = input_within(call, *from, *left), beyond = *left - within;
    *left = within;
    size_t result = libc_iconv(converter, from, left, to, to_left);
    *left += beyond;
    if (LIKELY(beyond == 0) || (result == SIZE_MAX && errno != EINVAL)) {
        return result;
    }
    call_reads(call, *from, *left);
    size_t more = libc_iconv(converter, from, left, to, to_left);
    return result == SIZE_MAX || more == SIZE_MAX ? more : result + more;
}

/* Output is judged by what was made. */
EXPORTED size_t iconv(iconv_t converter, char **restrict from, size_t *restrict from_left,
                      char **restrict to, size_t *restrict to_left)
{
    struct call call = CALL(iconv);
    char *target = to ? *to : NULL;
    DETOUR detour = detour_begin(&call, target, target && to_left ? *to_left : 0);
    char *at = detour.at;
    size_t result =
        from && *from && from_left
            ? convert_within(&call, converter, from, from_left, to ? &at : NULL, to_left)
            : libc_iconv(converter, from, from_left, to ? &at : NULL, to_left);
    if (target) {
        size_t made = (size_t)(at - detour.at);
        detour_end(&detour, made);
        *to = target + made;
    }
    return result;
}
