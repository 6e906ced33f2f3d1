/* A module's dynamic section, as the loader left it in memory. */
#ifndef OS_DYNAMIC_H
#define OS_DYNAMIC_H

#include <link.h>
#include <stddef.h>
#include <stdint.h>

/* The loader adds the base to the pointers of every module but the kernel's own. */
static inline const void *dynamic_pointer(const struct link_map *map, uintptr_t value)
{
    return (const void *)(value < map->l_addr ? value + map->l_addr : value);
}

/* What of it leads to symbols; NULL where there is no such part. */
struct dynamic {
    const ElfW(Sym) * symbols;
    const char *strings;
    const ElfW(Versym) * versions;
    const uint32_t *hash;              /* DT_GNU_HASH */
    const ElfW(Rela) * relocations[2]; /* DT_RELA, DT_JMPREL */
    size_t relocation_bytes[2];
};

static inline struct dynamic dynamic_read(const struct link_map *map)
{
    struct dynamic found = {0};
    for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++) {
        const void *at = dynamic_pointer(map, entry->d_un.d_ptr);
        if (entry->d_tag == DT_SYMTAB) {
            found.symbols = at;
        } else if (entry->d_tag == DT_STRTAB) {
            found.strings = at;
        } else if (entry->d_tag == DT_GNU_HASH) {
            found.hash = at;
        } else if (entry->d_tag == DT_VERSYM) {
            found.versions = at;
        } else if (entry->d_tag == DT_RELA) {
            found.relocations[0] = at;
        } else if (entry->d_tag == DT_RELASZ) {
            found.relocation_bytes[0] = entry->d_un.d_val;
        } else if (entry->d_tag == DT_JMPREL) {
            found.relocations[1] = at;
        } else if (entry->d_tag == DT_PLTRELSZ) {
            found.relocation_bytes[1] = entry->d_un.d_val;
        }
    }
    return found;
}

#endif
