#include "inspect/interior.h"

#include <string.h>

#include "base/hash.h"
#include "os/peek.h"

enum { WORD = sizeof(uintptr_t) };

static uintptr_t word_at(uintptr_t address)
{
    uintptr_t word;
    memcpy(&word, (const void *)address, sizeof word);
    return word;
}

/* Elements may be char, char16_t or wchar_t; one more is for the terminator. */
static bool is_old_string(const struct resident *block, uintptr_t at)
{
    enum { HEADER = 3 * WORD };
    if (at != block->address + HEADER || block->size_bytes <= HEADER) {
        return false;
    }
    uintptr_t length = word_at(block->address), capacity = word_at(block->address + WORD);
    size_t room = block->size_bytes - HEADER;
    return length <= capacity && capacity < room &&
           (capacity + 1 == room || (capacity + 1) * 2 == room || (capacity + 1) * 4 == room);
}

static bool has_length_before(const struct resident *block, uintptr_t at)
{
    return at == block->address + WORD && word_at(block->address) > 0 &&
           word_at(block->address) == block->size_bytes - WORD;
}

static bool has_count_before(const struct resident *block, uintptr_t at)
{
    uintptr_t cookie = at - block->address;
    if ((cookie != WORD && cookie != 2 * WORD) || block->size_bytes <= cookie) {
        return false;
    }
    uintptr_t count = word_at(at - WORD);
    return count > 0 && (block->size_bytes - cookie) % count == 0;
}

static uint64_t number_at(uintptr_t address, unsigned bytes)
{
    uint64_t number = 0; /* little-endian */
    memcpy(&number, (const void *)address, bytes);
    return number;
}

/* Before the text: length and room in 1, 2, 4 or 8 bytes each, then a byte whose lowest three bits
 * say which (1 to 4); or that byte alone, the length in its other five. */
static bool is_packed_string(const struct resident *block, uintptr_t at)
{
    enum { TYPE_BITS = 3, TYPE_MASK = (1 << TYPE_BITS) - 1, TYPES = 4 };
    size_t header = at - block->address;
    unsigned flags = (unsigned)number_at(at - 1, 1);
    unsigned type = flags & TYPE_MASK;
    if (type == 0) {
        return header == 1 && block->size_bytes == header + (flags >> TYPE_BITS) + 1;
    }
    unsigned width = 1u << (type - 1);
    if (type > TYPES || header != 2 * width + 1) {
        return false;
    }
    uint64_t length = number_at(block->address, width);
    uint64_t room = number_at(block->address + width, width);
    return length <= room && room == block->size_bytes - header - 1;
}

/* Some of a table's first functions may be left out (pure destructors are null). */
static bool leads_to_functions(const struct interior_places *places, uintptr_t address)
{
    enum { FIRST = 4 };
    uintptr_t functions[FIRST];
    size_t got = os_peek(address, functions, sizeof functions) / WORD;
    for (size_t i = 0; i < got; i++) {
        if (functions[i] != 0) {
            return ranges_hold(&places->executable, functions[i]);
        }
    }
    return false;
}

static bool is_table_of_functions(struct interior_places *places, uintptr_t address)
{
    if (address % WORD != 0 || !ranges_hold(&places->read_only, address)) {
        return false;
    }
    uintptr_t *memory = &places->remembered[hash_mix(address) % INTERIOR_REMEMBERED];
    if ((*memory & ~(uintptr_t)1) != address) {
        *memory = address | leads_to_functions(places, address);
    }
    return *memory & 1;
}

static bool is_later_base(struct interior_places *places, const struct resident *block,
                          uintptr_t at)
{
    return at % WORD == 0 && block->address + block->size_bytes - at >= WORD &&
           is_table_of_functions(places, word_at(at)) &&
           is_table_of_functions(places, word_at(block->address));
}

/* Key, left link with the node's own colour in its lowest bit, right link. */
static bool is_tree_node(const struct resident *block, uintptr_t at)
{
    enum { NODE = 3 * WORD };
    if (at != block->address + 1 || block->size_bytes != NODE) {
        return false;
    }
    return word_at(block->address + WORD) % WORD <= 1 &&
           word_at(block->address + 2 * WORD) % WORD == 0;
}

/* Every object of Python's has a type, which is one too: after a few of them comes the one that is
 * its own. */
static bool leads_to_type(uintptr_t type)
{
    enum { MOST_METACLASSES = 4 };
    for (int i = 0; i < MOST_METACLASSES && type % WORD == 0; i++) {
        uintptr_t of;
        if (os_peek(type + WORD, &of, WORD) != WORD) {
            return false;
        }
        if (of == type) {
            return true;
        }
        type = of;
    }
    return false;
}

static bool is_type(struct interior_places *places, uintptr_t address)
{
    uintptr_t *memory = &places->remembered_types[hash_mix(address) % INTERIOR_REMEMBERED];
    if ((*memory & ~(uintptr_t)1) != address) {
        *memory = address | leads_to_type(address);
    }
    return *memory & 1;
}

/* Behind the collector's two links, or these and two words of the instance's: a count of references
 * and a type. */
static bool is_python_object(struct interior_places *places, const struct resident *block,
                             uintptr_t at)
{
    uintptr_t header = at - block->address;
    if ((header != 2 * WORD && header != 4 * WORD) || block->size_bytes < header + 2 * WORD) {
        return false;
    }
    uintptr_t references = word_at(at), type = word_at(at + WORD);
    return references > 0 && references <= UINT32_MAX && type % WORD == 0 && type != 0 &&
           is_type(places, type);
}

bool interior_is_explained(struct interior_places *places, const struct resident *block,
                           uintptr_t at)
{
    return has_length_before(block, at) || has_count_before(block, at) ||
           is_old_string(block, at) || is_packed_string(block, at) || is_tree_node(block, at) ||
           is_later_base(places, block, at) || is_python_object(places, block, at);
}
