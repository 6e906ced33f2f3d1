#include "os/call_target.h"

#include <dlfcn.h>
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "os/dynamic.h"
#include "os/peek.h"

#if defined(__x86_64__)

enum {
    CALL_BYTES = 6, /* call [rip + N]; a direct one has 5 */
    STUB_BYTES = 16,
    JUMP_BYTES = 6,
};

static int32_t displacement(const uint8_t *code)
{
    int32_t value;
    memcpy(&value, code, sizeof value);
    return value;
}

/* The word that a stub of the linkage table jumps by; 0: this is none. The x86-64 psABI has its
 * forms: with endbr64 before the jump, a bnd prefix, or neither. */
static uintptr_t stub_slot(uintptr_t stub)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    uint8_t code[STUB_BYTES] = {0};
    size_t at = 0, length = os_peek(stub, code, sizeof code);
    at += memcmp(code, endbr64, sizeof endbr64) == 0 ? sizeof endbr64 : 0;
    at += code[at] == 0xf2;
    bool jumps = code[at] == 0xff && code[at + 1] == 0x25 && at + JUMP_BYTES <= length;
    return jumps ? stub + at + JUMP_BYTES + (uintptr_t)displacement(code + at + 2) : 0;
}

static uintptr_t slot_of_call(uintptr_t return_address)
{
    uint8_t code[CALL_BYTES];
    if (os_peek(return_address - CALL_BYTES, code, sizeof code) != sizeof code) {
        return 0;
    }
    uintptr_t there = return_address + (uintptr_t)displacement(code + 2);
    return code[0] == 0xff && code[1] == 0x15 ? there : code[1] == 0xe8 ? stub_slot(there) : 0;
}

static bool names_function(const ElfW(Rela) * entry)
{
    unsigned long type = ELF64_R_TYPE(entry->r_info);
    return (type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT) &&
           ELF64_R_SYM(entry->r_info) != STN_UNDEF;
}

#else

static uintptr_t slot_of_call(uintptr_t return_address)
{
    (void)return_address;
    return 0;
}

static bool names_function(const ElfW(Rela) * entry)
{
    (void)entry;
    return false;
}

#endif

static const char *name_of_slot(const struct link_map *map, uintptr_t slot)
{
    struct dynamic dynamic = dynamic_read(map);
    for (int table = 0; dynamic.symbols && dynamic.strings && table < 2; table++) {
        const ElfW(Rela) *entries = dynamic.relocations[table];
        size_t count = entries ? dynamic.relocation_bytes[table] / sizeof *entries : 0;
        for (size_t i = 0; i < count; i++) {
            if (map->l_addr + entries[i].r_offset == slot && names_function(&entries[i])) {
                return dynamic.strings + dynamic.symbols[ELF64_R_SYM(entries[i].r_info)].st_name;
            }
        }
    }
    return NULL;
}

bool os_call_target(uintptr_t return_address, struct os_call_target *out)
{
    struct dl_find_object found;
    uintptr_t slot = slot_of_call(return_address);
    if (slot == 0 || _dl_find_object((void *)(return_address - 1), &found) != 0) {
        return false;
    }
    out->name = name_of_slot(found.dlfo_link_map, slot);
    return out->name && os_peek(slot, &out->address, sizeof out->address) == sizeof out->address;
}
