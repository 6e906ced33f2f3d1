#include "inspect/tls.h"

#include <link.h>

#include "os/peek.h"

static int add(struct dl_phdr_info *info, size_t size UNUSED, void *context)
{
    struct tls_modules *modules = context;
    struct tls_module module = {.number = info->dlpi_tls_modid};
    for (int i = info->dlpi_phnum - 1; i >= 0; i--) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_TLS) {
            module.bytes = part->p_memsz;
        } else if (part->p_type == PT_LOAD) {
            module.inside = info->dlpi_addr + part->p_vaddr; /* the first one's, at last */
        }
    }
    if (module.bytes > 0 && modules->count < TLS_MODULES_MOST) {
        modules->module[modules->count++] = module;
    }
    return 0;
}

void tls_list(struct tls_modules *out)
{
    out->count = 0;
    dl_iterate_phdr(add, out);
}

#if defined(__GLIBC__) && defined(__x86_64__)
/* Ulrich Drepper, "ELF Handling For Thread-Local Storage", 3.4.2; glibc's sysdeps/x86_64/nptl/tls.h
 * and sysdeps/generic/dl-dtv.h: the second word at the thread pointer leads to an array of pairs,
 * by module number; the first word of each is the address. Before it stands the highest number. */
const struct tls_module *tls_find(const struct tls_modules *modules, uintptr_t thread_pointer,
                                  uintptr_t address, size_t *offset)
{
    enum { PAIR = 2 * sizeof(uintptr_t) };
    uintptr_t table, highest, block;
    if (os_peek(thread_pointer + sizeof table, &table, sizeof table) != sizeof table ||
        os_peek(table - PAIR, &highest, sizeof highest) != sizeof highest) {
        return NULL;
    }
    for (size_t i = 0; i < modules->count; i++) {
        const struct tls_module *module = &modules->module[i];
        if (module->number <= highest &&
            os_peek(table + module->number * PAIR, &block, sizeof block) == sizeof block &&
            address - block < module->bytes) {
            *offset = address - block;
            return module;
        }
    }
    return NULL;
}
#else
const struct tls_module *tls_find(const struct tls_modules *modules UNUSED,
                                  uintptr_t thread_pointer UNUSED, uintptr_t address UNUSED,
                                  size_t *offset UNUSED)
{
    return NULL;
}
#endif
