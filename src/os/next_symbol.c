#include "os/next_symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>

#include "os/dynamic.h"
#include "os/early_map.h"

enum { HIDDEN_VERSION = 0x8000 }; /* Elf64_Versym: kept for old programs, not what new ones get */

/* "DJB" hash of the GNU hash section, which all linkers write. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        hash = hash * 33 + *p;
    }
    return hash;
}

static bool are_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool is_wanted(const struct dynamic *in, uint32_t index, const char *name)
{
    const ElfW(Sym) *symbol = &in->symbols[index];
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC) &&
           (!in->versions || !(in->versions[index] & HIDDEN_VERSION)) &&
           are_equal(in->strings + symbol->st_name, name);
}

/* Layout of the section: counts, a Bloom filter of 64-bit words, buckets, then for each symbol its
 * hash, the lowest bit of which ends its bucket's chain. NULL if there is none. */
static const ElfW(Sym) * find(const struct dynamic *in, const char *name, uint32_t hash)
{
    uint32_t buckets = in->hash[0], first = in->hash[1];
    uint32_t words = in->hash[2], shift = in->hash[3];
    const uint64_t *filter = (const uint64_t *)(in->hash + 4);
    const uint32_t *bucket = (const uint32_t *)(filter + words), *chain = bucket + buckets;
    uint64_t bits = (uint64_t)1 << hash % 64 | (uint64_t)1 << (hash >> shift) % 64;
    if (buckets == 0 || (filter[hash / 64 % words] & bits) != bits) {
        return NULL;
    }
    uint32_t index = bucket[hash % buckets];
    for (; index >= first; index++) {
        uint32_t other = chain[index - first];
        if ((other | 1) == (hash | 1) && is_wanted(in, index, name)) {
            return &in->symbols[index];
        }
        if (other & 1) {
            break;
        }
    }
    return NULL;
}

static uintptr_t address_of(const struct link_map *map, const ElfW(Sym) * symbol)
{
    uintptr_t address = map->l_addr + symbol->st_value;
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC) {
        uintptr_t (*resolver)(void) = (uintptr_t(*)(void))address;
        address = resolver();
    }
    return address;
}

static const struct link_map *own_map(void)
{
    struct dl_find_object found;
    return _dl_find_object((void *)(uintptr_t)own_map, &found) == 0 ? found.dlfo_link_map : NULL;
}

static uintptr_t find_from(const struct link_map *map, const struct link_map *end, const char *name)
{
    uint32_t hash = hash_of(name);
    for (; map && map != end; map = map->l_next) {
        struct dynamic exports = dynamic_read(map);
        bool known = exports.symbols && exports.strings && exports.hash;
        const ElfW(Sym) *symbol = known ? find(&exports, name, hash) : NULL;
        if (symbol) {
            return address_of(map, symbol);
        }
    }
    return 0;
}

static uintptr_t find_behind(const struct link_map *own, const char *name)
{
    if (!own) {
        return 0;
    }
    uintptr_t behind = find_from(own->l_next, NULL, name);
    if (behind) {
        return behind;
    }
    const struct link_map *first = own;
    while (first->l_prev) {
        first = first->l_prev;
    }
    return find_from(first, own, name);
}

uintptr_t os_next_symbol(const char *name)
{
    return find_behind(own_map(), name);
}

uintptr_t os_next_symbol_early(const char *name)
{
    return find_behind(os_early_map(), name);
}
