#include "report/guess.h"

#include <stdbool.h>
#include <string.h>

#include "alloc/lookup.h"
#include "inspect/address.h"
#include "report/words.h"

enum {
    PATH_MOST = 4096,
    LEAST_TEXT = 3,         /* letters in a row; fewer are chance */
    SHORTEST_POINTER = 6,   /* bytes */
    LARGEST_NUMBER = 99999, /* a larger value may as well be something else */
};

static bool all_zero(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Printable throughout, but for a terminator at the end. */
static bool is_text(const uint8_t *bytes, size_t length)
{
    if (length > 0 && bytes[length - 1] == 0) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        bool printable =
            (bytes[i] >= ' ' && bytes[i] < 0x7f) || bytes[i] == '\n' || bytes[i] == '\t';
        if (!printable) {
            return false;
        }
    }
    return length >= LEAST_TEXT;
}

static bool name_pointer(struct strbuf *out, uintptr_t value)
{
    struct block_info block;
    if (block_find(value, &block)) {
        ptrdiff_t offset = (ptrdiff_t)(value - block.address);
        strbuf_str(out, "a pointer ");
        if (offset == 0) {
            strbuf_str(out, "to");
        } else {
            words_place(out, offset, block.size_bytes, " of");
        }
        strbuf_char(out, ' ');
        words_a_block(out, &block);
        return true;
    }
    static char room[PATH_MOST];
    struct strbuf path;
    strbuf_init(&path, room, sizeof room);
    uintptr_t bias;
    bool found = address_find_file(value, &path, &bias);
    if (found) {
        strbuf_str(out, "a pointer into ");
        words_safe(out, words_base_name(room));
    }
    return found;
}

/* A pointer in one of the words. Its two high bytes are zero, and a zero that was written over a
 * zero of a fill pattern is no damage: so it may look two bytes short. */
static bool name_pointers(struct strbuf *out, uintptr_t address, const uint8_t *bytes,
                          size_t length)
{
    size_t at = (0 - address) % sizeof(uintptr_t);
    for (; at + SHORTEST_POINTER <= length; at += sizeof(uintptr_t)) {
        uintptr_t value = 0;
        memcpy(&value, bytes + at, length - at < sizeof value ? length - at : sizeof value);
        if (name_pointer(out, value)) {
            return true;
        }
    }
    return false;
}

void guess_bytes(struct strbuf *out, uintptr_t address, const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return;
    }
    if (all_zero(bytes, length)) {
        strbuf_str(out, length == 1 ? "a string terminator" : "zeros");
        return;
    }
    if (is_text(bytes, length)) {
        strbuf_str(out, "text");
        return;
    }
    if (name_pointers(out, address, bytes, length) || (length != 4 && length != 8)) {
        return;
    }
    uint64_t value = 0;
    memcpy(&value, bytes, length);
    if (value <= LARGEST_NUMBER) {
        strbuf_printf(out, "the number %lu", (unsigned long)value);
    }
}
