#include <link.h>

#include "base/align.h"
#include "inspect/roots.h"
#include "os/pages.h"
#include "os/probe.h"

/* The environment and the arguments may take up to a quarter of the stack's limit above all
 * frames; what goes beyond is rare, and holds no pointers. */
enum { STACK_MOST_BYTES = 64 * 1024 * 1024 };

static int add_module(struct dl_phdr_info *info, size_t size UNUSED, void *context)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W)) {
            uintptr_t start = info->dlpi_addr + part->p_vaddr;
            ranges_add(context, start, start + part->p_memsz);
        } else if (part->p_type == PT_TLS && info->dlpi_tls_data) {
            uintptr_t start = (uintptr_t)info->dlpi_tls_data;
            ranges_add(context, start, start + part->p_memsz);
        }
    }
    return 0;
}

uintptr_t roots_stack_end(uintptr_t sp)
{
    uintptr_t end = align_up(sp + 1, OS_PAGE);
    while (end - sp < STACK_MOST_BYTES && os_word_is_readable(end)) {
        end += OS_PAGE;
    }
    return end;
}

void roots_find_bare(struct ranges *bare, uintptr_t site_sp)
{
    dl_iterate_phdr(add_module, bare);
    ranges_add(bare, site_sp, roots_stack_end(site_sp));
}
