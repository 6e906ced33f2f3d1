/* Text from one character set to another. */
#include <iconv.h>

#include "interpose/libc/detour.h"

/* Input and output are judged by what of them was used. */
EXPORTED size_t iconv(iconv_t converter, char **restrict from, size_t *restrict from_left,
                      char **restrict to, size_t *restrict to_left)
{
    struct call call = CALL(iconv);
    char *source = from ? *from : NULL, *target = to ? *to : NULL;
    DETOUR detour = detour_begin(&call, target, target && to_left ? *to_left : 0);
    char *at = detour.at;
    size_t result = libc_iconv(converter, from, from_left, to ? &at : NULL, to_left);
    if (source && *from > source) {
        call_reads(&call, source, (size_t)(*from - source));
    }
    if (target) {
        size_t made = (size_t)(at - detour.at);
        detour_end(&detour, made);
        *to = target + made;
    }
    return result;
}
