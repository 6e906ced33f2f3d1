/* Whether a string ends with its block, by a look at the block's last bytes. Needs no vector
 * registers. */
#ifndef INTERPOSE_LIBC_STRING_LAST_H
#define INTERPOSE_LIBC_STRING_LAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "os/pages.h"

enum { STRING_WORD = sizeof(uint64_t) };
#define STRING_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static ALWAYS_INLINE uint64_t string_word(const char *at)
{
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

/* The highest bit of each byte that is 0, and perhaps of others behind the first such: it borrows
 * from its own, and they may from theirs. */
static ALWAYS_INLINE uint64_t string_word_ends(uint64_t word)
{
    return (word - STRING_EACH_BYTE(1)) & ~word & STRING_EACH_BYTE(0x80);
}

/* Whether the last byte of a block may be looked at, though the program may read less. It can have
 * protected pages of the block; but the last byte's only if the block ends where that page does,
 * and then there is no harm if what the program will read begins in the same page. `end` is the
 * block's, `bytes` what it has left there. */
static ALWAYS_INLINE bool string_may_look_back(const void *end, size_t bytes)
{
    return bytes <= OS_PAGE || (uintptr_t)end % OS_PAGE != 0;
}

/* True if there is an end in the last word of the `room` bytes that a block has left, or in the
 * last byte where those are less than a word or more than a page. Of a page at most, the word lies
 * in the pages of the string's first byte and of the block's last, which are open if the first is.
 */
static ALWAYS_INLINE bool string_ends_last(const char *text, size_t room)
{
    if (LIKELY(room - STRING_WORD <= OS_PAGE - STRING_WORD)) {
        return string_word_ends(string_word(text + room - STRING_WORD)) != 0;
    }
    return room > 0 && string_may_look_back(text + room, room) && text[room - 1] == '\0';
}

#endif
