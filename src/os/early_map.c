#include "os/early_map.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* By the program counter: a relocation would not have been done yet. Static programs have no such
 * section, nor does anything here run in them. */
static const ElfW(Dyn) * own_dynamic(void)
{
    const ElfW(Dyn) * dynamic;
    __asm__(".weak _DYNAMIC\n.hidden _DYNAMIC\nlea _DYNAMIC(%%rip), %0" : "=r"(dynamic));
    return dynamic;
}

static long system_call(long number, long a, long b, long c)
{
    long result;
    register long d __asm__("r10") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(d)
                     : "rcx", "r11", "memory");
    return result;
}

enum { AUXV_MOST = 64 }; /* the kernel gives some twenty */

/* Values of the auxiliary vector, 0 where there are none. */
struct program {
    uintptr_t headers;
    size_t header_count;
};

static struct program find_program(void)
{
    struct program program = {0};
    ElfW(auxv_t) values[AUXV_MOST];
    long fd = system_call(SYS_openat, AT_FDCWD, (long)"/proc/self/auxv", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return program;
    }
    long bytes = system_call(SYS_read, fd, (long)values, sizeof values);
    system_call(SYS_close, fd, 0, 0);
    for (long i = 0; i < bytes / (long)sizeof *values; i++) {
        if (values[i].a_type == AT_PHDR) {
            program.headers = values[i].a_un.a_val;
        } else if (values[i].a_type == AT_PHNUM) {
            program.header_count = values[i].a_un.a_val;
        }
    }
    return program;
}

/* Where the program's dynamic section says that the loader's list is. */
static const struct r_debug *find_list(const struct program *program)
{
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)program->headers;
    const ElfW(Dyn) *entry = NULL;
    uintptr_t base = 0;
    for (size_t i = 0; i < program->header_count; i++) {
        if (headers[i].p_type == PT_PHDR) {
            base = program->headers - headers[i].p_vaddr;
        }
    }
    for (size_t i = 0; i < program->header_count; i++) {
        if (headers[i].p_type == PT_DYNAMIC) {
            entry = (const ElfW(Dyn) *)(base + headers[i].p_vaddr);
        }
    }
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_DEBUG) {
            return (const struct r_debug *)entry->d_un.d_ptr;
        }
    }
    return NULL;
}

const struct link_map *os_early_map(void)
{
    struct program program = find_program();
    const struct r_debug *list = find_list(&program);
    const struct link_map *map = list ? list->r_map : NULL;
    while (map && map->l_ld != own_dynamic()) {
        map = map->l_next;
    }
    return map;
}
