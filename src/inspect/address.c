#include "inspect/address.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "alloc/lookup.h"
#include "alloc/thread_names.h"
#include "os/exe.h"
#include "os/io.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/pages.h"
#include "stack/module_list.h"
#include "stack/modules.h"

enum {
    SMALLEST_ADDRESS = 65536, /* the kernel maps nothing below (vm.mmap_min_addr) */
    THREADS_LOOKED_AT = 1024,
    SECTION_NAME_MOST = 32,
    PATH_BYTES = 4096,
};

/* The section of a file that the address (in the file's own terms) is in. */
struct section_search {
    int fd;
    uint64_t address;
    Elf64_Ehdr header;
    Elf64_Shdr section;
};

static bool read_section(struct section_search *search, unsigned index)
{
    return os_pread(search->fd, &search->section, sizeof search->section,
                    search->header.e_shoff + (uint64_t)index * sizeof search->section) ==
           (ssize_t)sizeof search->section;
}

static bool holds_address(const struct section_search *search)
{
    const Elf64_Shdr *section = &search->section;
    bool is_template = (section->sh_flags & SHF_TLS) && section->sh_type == SHT_NOBITS;
    return (section->sh_flags & SHF_ALLOC) && !is_template &&
           search->address - section->sh_addr < section->sh_size;
}

static bool find_section(struct section_search *search, char name[SECTION_NAME_MOST])
{
    const Elf64_Ehdr *header = &search->header;
    if (os_pread(search->fd, &search->header, sizeof *header, 0) != (ssize_t)sizeof *header ||
        memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_shentsize != sizeof search->section) {
        return false;
    }
    unsigned index = 0;
    while (index < header->e_shnum && !(read_section(search, index) && holds_address(search))) {
        index++;
    }
    uint64_t name_at = search->section.sh_name;
    if (index == header->e_shnum || !read_section(search, header->e_shstrndx)) {
        return false;
    }
    ssize_t got =
        os_pread(search->fd, name, SECTION_NAME_MOST - 1, search->section.sh_offset + name_at);
    name[got > 0 ? got : 0] = '\0';
    return name[0] == '.';
}

bool address_find_file(uintptr_t address, struct strbuf *path, uintptr_t *bias)
{
    const struct module *module = module_find(address, module_epoch());
    struct module_place place;
    if (module) {
        *bias = module->bias;
        strbuf_str(path, module->path);
        return module->path[0] == '/';
    }
    if (!module_locate(address, &place)) {
        return false;
    }
    *bias = place.bias;
    if (place.name[0] == '\0') { /* the loader's name for the program */
        char *room = path->data + path->length;
        bool known = os_exe_path(room, path->capacity - path->length);
        path->length += known ? strlen(room) : 0;
        return known;
    }
    strbuf_str(path, place.name);
    return strchr(place.name, '/') != NULL; /* the kernel's vdso has a name, but no file */
}

static void describe_section(struct strbuf *out, const char *path, uintptr_t address)
{
    struct section_search search = {.fd = os_open_read(path), .address = address};
    char name[SECTION_NAME_MOST];
    bool found = search.fd >= 0 && find_section(&search, name);
    if (search.fd >= 0) {
        os_close(search.fd);
    }
    strbuf_printf(out, found ? "in %s of module %s" : "in%s module %s", found ? name : "", path);
}

static bool describe_module(struct strbuf *out, uintptr_t address)
{
    char *room = own_alloc(PATH_BYTES); /* the caller's stack may be small */
    if (!room) {
        return false;
    }
    struct strbuf path;
    strbuf_init(&path, room, PATH_BYTES);
    uintptr_t bias;
    bool found = address_find_file(address, &path, &bias);
    if (found) {
        describe_section(out, room, address - bias);
    }
    own_free(room, PATH_BYTES);
    return found;
}

struct map_search {
    uintptr_t address;
    struct strbuf *out;
    bool found;
    bool anonymous;       /* found in one that has no name … */
    bool main_stack;      /* … or in that of the first thread */
    uintptr_t start, end; /* of that one */
};

static bool match_map(void *context, const struct os_map *map)
{
    struct map_search *search = context;
    if (search->address < map->start || search->address >= map->end) {
        return search->address >= map->start;
    }
    search->found = true;
    search->start = map->start;
    search->end = map->end;
    if (strcmp(map->path, "[stack]") == 0) {
        search->main_stack = true;
    } else if (map->path[0] == '\0' || strncmp(map->path, "[anon", 5) == 0) {
        search->anonymous = true;
    } else if (strcmp(map->path, "[heap]") == 0) {
        strbuf_str(search->out, "in memory from brk or sbrk");
    } else if (map->path[0] == '[') {
        strbuf_printf(search->out, "in the kernel's %s mapping", map->path);
    } else {
        strbuf_printf(search->out, "in memory mapped from %s", map->path);
    }
    return false;
}

/* The stack pointer of a thread that waits in a system call: the last number but one of its line in
 * /proc. 0 if it runs. */
static uintptr_t stack_pointer_of(int tid)
{
    char room[256];
    struct strbuf path;
    strbuf_init(&path, room, sizeof room);
    strbuf_printf(&path, "/proc/self/task/%d/syscall", tid);
    int fd = os_open_read(room);
    ssize_t length = fd < 0 ? -1 : os_read(fd, room, sizeof room - 1);
    if (fd >= 0) {
        os_close(fd);
    }
    room[length > 0 ? length : 0] = '\0';
    char *last = strrchr(room, ' ');
    if (!last) {
        return 0;
    }
    *last = '\0';
    const char *number = strrchr(room, ' ');
    uintptr_t value = 0;
    for (number = number ? number + 3 : ""; *number; number++) { /* past " 0x" */
        unsigned digit =
            *number >= 'a' ? (unsigned)(*number - 'a') + 10 : (unsigned)(*number - '0');
        value = value * 16 + (digit & 15);
    }
    return value;
}

static bool describe_this_stack(struct strbuf *out, uintptr_t start, uintptr_t end)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    bool is = here >= start && here < end;
    if (is) {
        strbuf_str(out, "in the stack of this thread");
    }
    return is;
}

/* Thread stacks are mappings without a name: told by the stack pointers in them. */
static bool describe_other_stack(struct strbuf *out, uintptr_t start, uintptr_t end)
{
    struct thread_name thread;
    for (uint16_t number = 1; number < THREADS_LOOKED_AT && thread_name_find(number, &thread);
         number++) {
        uintptr_t sp = stack_pointer_of(thread.tid);
        if (sp >= start && sp < end) {
            strbuf_printf(out, "in the stack of thread %d%s%s%s", thread.tid,
                          thread.name[0] ? " (" : "", thread.name, thread.name[0] ? ")" : "");
            return true;
        }
    }
    return false;
}

struct own_search {
    uintptr_t address;
    bool found;
};

static void match_own(void *context, uintptr_t start, uintptr_t end)
{
    struct own_search *search = context;
    search->found |= search->address >= start && search->address < end;
}

static bool describe_ours(struct strbuf *out, uintptr_t address)
{
    uintptr_t start, end;
    heap_range(&start, &end);
    if (address >= start && address < end) {
        strbuf_str(out, "in the heap, but in no block");
        return true;
    }
    struct own_search search = {.address = address};
    own_each_range(match_own, &search);
    if (search.found) {
        strbuf_str(out, "in the allocator's own records");
    }
    return search.found;
}

static void describe_unnamed(struct strbuf *out, const struct map_search *found)
{
    if (describe_this_stack(out, found->start, found->end)) {
        return;
    }
    if (found->main_stack) {
        strbuf_str(out, "in the stack of the main thread");
    } else if (!describe_other_stack(out, found->start, found->end)) {
        strbuf_str(out, "in an anonymous mapping");
    }
}

/* Appended to the word that nothing is there. */
static void describe_gone(struct strbuf *out, uintptr_t address)
{
    const struct module *module = module_find_gone(address);
    if (module) {
        strbuf_printf(out, "; module %s was there until dlclose", module->path);
    }
}

static void describe_mapping(struct strbuf *out, uintptr_t address)
{
    struct map_search search = {.address = address, .out = out};
    if (!os_maps_each(match_map, &search)) {
        bool mapped = os_pages_are_mapped((const void *)(address & ~(OS_PAGE - 1)), OS_PAGE);
        strbuf_str(out, mapped ? "in a mapping that cannot be looked up" : "not mapped");
    } else if (!search.found) {
        strbuf_str(out, "not mapped");
        describe_gone(out, address);
    } else if (search.main_stack || search.anonymous) {
        describe_unnamed(out, &search);
    }
}

void address_describe(struct strbuf *out, uintptr_t address)
{
    if (address < SMALLEST_ADDRESS) {
        strbuf_printf(out, "the value %lu, no address", (unsigned long)address);
    } else if (!describe_ours(out, address) && !describe_module(out, address)) {
        describe_mapping(out, address);
    }
}
