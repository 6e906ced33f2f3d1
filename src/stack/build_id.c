#include "stack/build_id.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/align.h"
#include "os/pages.h"
#include "os/probe.h"

static bool is_gnu(const char *name)
{
    return name[0] == 'G' && name[1] == 'N' && name[2] == 'U' && name[3] == '\0';
}

/* Notes: a header, a name and contents, both padded to four bytes. */
static bool take_from_notes(struct module *module, uintptr_t at, uintptr_t end)
{
    while (end - at > sizeof(Elf64_Nhdr)) {
        const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;
        uintptr_t name = at + sizeof *note;
        uintptr_t contents = name + align_up(note->n_namesz, 4);
        uintptr_t next = contents + align_up(note->n_descsz, 4);
        if (next > end || next <= at) {
            return false;
        }
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && is_gnu((const char *)name) &&
            note->n_descsz <= MODULE_BUILD_ID_MOST) {
            for (uint32_t i = 0; i < note->n_descsz; i++) {
                module->build_id[i] = ((const uint8_t *)contents)[i];
            }
            module->build_id_length = (uint8_t)note->n_descsz;
            return true;
        }
        at = next;
    }
    return false;
}

static bool is_header(const Elf64_Ehdr *header, size_t room)
{
    return header->e_ident[EI_MAG0] == ELFMAG0 && header->e_ident[EI_MAG1] == ELFMAG1 &&
           header->e_ident[EI_MAG2] == ELFMAG2 && header->e_ident[EI_MAG3] == ELFMAG3 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_phentsize == sizeof(Elf64_Phdr) &&
           header->e_phoff < room &&
           (room - header->e_phoff) / sizeof(Elf64_Phdr) >= header->e_phnum;
}

void build_id_read(struct module *module)
{
    module->build_id_length = 0;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)module->start;
    if (module->end - module->start < OS_PAGE || !os_word_is_readable(module->start) ||
        !is_header(header, OS_PAGE)) {
        return;
    }
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(module->start + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        uintptr_t at = module->bias + segments[i].p_vaddr;
        uintptr_t end = at + segments[i].p_memsz;
        if (segments[i].p_type == PT_NOTE && at >= module->start && at < end &&
            end <= module->end && os_word_is_readable(at) &&
            os_word_is_readable(end - sizeof(uint64_t)) && take_from_notes(module, at, end)) {
            return;
        }
    }
}
