#include "stack/modules.h"

#include <link.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/align.h"
#include "base/strbuf.h"
#include "os/exe.h"
#include "os/lock.h"
#include "os/pages.h"
#include "os/paths.h"
#include "stack/build_id.h"
#include "stack/guard.h"
#include "stack/module_list.h"
#include "stack/rules.h"
#include "stack/store.h"

/* As glibc has it since 2.35 (struct dl_find_object), under a name of ours: older headers lack it.
 */
struct found_object {
    unsigned long long flags;
    void *map_start, *map_end;
    struct link_map *link_map;
    void *eh_frame_hdr;
    unsigned long long reserved[7];
};
extern int find_object(void *address, struct found_object *found) __asm__("_dl_find_object")
    __attribute__((weak));

/* One module; newest first. `next` and `module` but for last_epoch never change once it is on the
 * list. */
struct entry {
    struct entry *next;
    const void *eh_frame_hdr;
    uint64_t name_hash; /* of the loader's name for it */
    bool seen;          /* under LOCK_MODULES: by the present look at all modules */
    struct module module;
};

static struct lock lock = LOCK_INIT(LOCK_MODULES);
_Atomic uint32_t modules_epoch = 1;
static _Atomic(struct entry *) newest;
static char *room, *room_end; /* for entries; under lock */

void modules_register_lock(void)
{
    lock_register(&lock);
}

uint32_t module_epoch(void)
{
    return atomic_load_explicit(&modules_epoch, memory_order_acquire);
}

static uint32_t last_epoch(const struct module *module)
{
    return __atomic_load_n(&module->last_epoch, __ATOMIC_ACQUIRE);
}

static bool is_loaded(const struct entry *entry)
{
    return last_epoch(&entry->module) == UINT32_MAX;
}

static struct entry *first(void)
{
    return atomic_load_explicit(&newest, memory_order_acquire);
}

const struct module *module_find(uintptr_t address, uint32_t at_epoch)
{
    for (const struct entry *entry = first(); entry; entry = entry->next) {
        const struct module *module = &entry->module;
        if (address >= module->start && address < module->end && module->first_epoch <= at_epoch &&
            at_epoch <= last_epoch(module)) {
            return module;
        }
    }
    return NULL;
}

const struct module *module_find_gone(uintptr_t address)
{
    for (const struct entry *entry = first(); entry; entry = entry->next) {
        if (address >= entry->module.start && address < entry->module.end && !is_loaded(entry)) {
            return &entry->module;
        }
    }
    return NULL;
}

static bool locate_listed(uintptr_t address, struct module_place *place)
{
    for (const struct entry *entry = first(); entry; entry = entry->next) {
        const struct module *module = &entry->module;
        if (address >= module->start && address < module->end && is_loaded(entry)) {
            *place = (struct module_place){.start = module->start,
                                           .end = module->end,
                                           .bias = module->bias,
                                           .name = module->path,
                                           .eh_frame_hdr = entry->eh_frame_hdr,
                                           .listed = true};
            return true;
        }
    }
    return false;
}

bool module_locate(uintptr_t address, struct module_place *place)
{
    struct found_object found;
    if (!find_object) {
        return locate_listed(address, place);
    }
    if (find_object((void *)address, &found) != 0) {
        return false;
    }
    *place = (struct module_place){.start = (uintptr_t)found.map_start,
                                   .end = (uintptr_t)found.map_end,
                                   .bias = found.link_map->l_addr,
                                   .name = found.link_map->l_name,
                                   .eh_frame_hdr = found.eh_frame_hdr};
    return true;
}

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *name; name++) {
        hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
    }
    return hash;
}

static bool is_same(const struct entry *entry, const struct module_place *place)
{
    const struct module *module = &entry->module;
    return module->start == place->start && module->end == place->end &&
           module->bias == place->bias && entry->name_hash == hash_name(place->name);
}

/* What was noted in this range, of whatever epoch; the newest. */
static struct entry *newest_in(uintptr_t start, uintptr_t end)
{
    for (struct entry *entry = first(); entry; entry = entry->next) {
        if (entry->module.start < end && start < entry->module.end) {
            return entry;
        }
    }
    return NULL;
}

static void set_last_epoch(struct entry *entry, uint32_t last)
{
    __atomic_store_n(&entry->module.last_epoch, last, __ATOMIC_RELEASE);
}

/* Stacks captured so far keep the module; those to come do not have it. */
static void mark_gone_locked(struct entry *entry)
{
    set_last_epoch(entry, module_epoch());
    rules_forget_locked(entry->module.start, entry->module.end);
    atomic_fetch_add(&modules_epoch, 1);
}

/* The path to keep for the loader's name: absolute, the program's own asked of the kernel. */
static void write_path(struct strbuf *out, const char *name)
{
    static char scratch[OS_PAGE]; /* under LOCK_MODULES */
    if (name[0] == '\0') {
        strbuf_str(out, os_exe_path(scratch, sizeof scratch) ? scratch : "");
        return;
    }
    const char *vdso = "linux-vdso.so.1"; /* the loader's name for what has no file */
    if (hash_name(name) == hash_name(vdso)) {
        strbuf_str(out, "[vdso]");
        return;
    }
    if (name[0] != '/' && os_path_current(scratch, sizeof scratch)) {
        strbuf_str(out, scratch);
        strbuf_char(out, '/');
    }
    strbuf_str(out, name);
}

static void *take_room_locked(size_t bytes)
{
    bytes = align_up(bytes, _Alignof(struct entry));
    if ((size_t)(room_end - room) < bytes) {
        char *page = store_take(STORE_TABLES,
                                2 * OS_PAGE); /* holds any entry: paths end at a page's length */
        if (!page) {
            return NULL;
        }
        room = page;
        room_end = page + 2 * OS_PAGE;
    }
    void *taken = room;
    room += bytes;
    return taken;
}

static struct entry *add_locked(const struct module_place *place)
{
    static char path[OS_PAGE]; /* under LOCK_MODULES */
    struct strbuf text;
    strbuf_init(&text, path, sizeof path);
    write_path(&text, place->name);
    struct entry *entry = take_room_locked(sizeof *entry + text.length + 1);
    if (!entry) {
        return NULL;
    }
    struct module *module = &entry->module;
    module->start = place->start;
    module->end = place->end;
    module->bias = place->bias;
    module->first_epoch = module_epoch();
    module->last_epoch = UINT32_MAX;
    for (size_t i = 0; i <= text.length; i++) {
        module->path[i] = path[i];
    }
    build_id_read(module);
    entry->eh_frame_hdr = place->eh_frame_hdr;
    entry->name_hash = hash_name(place->name);
    entry->next = first();
    atomic_store_explicit(&newest, entry, memory_order_release);
    return entry;
}

/* Everything else in this range is no longer there. */
static void clear_range_locked(const struct module_place *place)
{
    for (struct entry *entry = first(); entry; entry = entry->next) {
        if (is_loaded(entry) && entry->module.start < place->end &&
            place->start < entry->module.end) {
            mark_gone_locked(entry);
        }
    }
    if (rules_forget_locked(place->start, place->end) > 0) {
        atomic_fetch_add(&modules_epoch, 1); /* code without a file ran there */
    }
}

void module_note_locked(const struct module_place *place)
{
    if (place->listed) {
        return;
    }
    lock_acquire(&lock);
    struct entry *entry = newest_in(place->start, place->end);
    if (entry && is_same(entry, place)) {
        if (!is_loaded(entry)) { /* back where it was, and nothing else has been there */
            set_last_epoch(entry, UINT32_MAX);
        }
    } else {
        clear_range_locked(place);
        entry = add_locked(place);
    }
    if (entry) {
        entry->seen = true;
    }
    lock_release(&lock);
}

void modules_note(uintptr_t address)
{
    struct module_place place;
    if (module_locate(address, &place) && guard_enter()) {
        rules_lock();
        module_note_locked(&place);
        rules_unlock();
        guard_leave();
    }
}

const struct module *module_find_now(uintptr_t address)
{
    modules_note(address);
    return module_find(address, module_epoch());
}

static void recheck_locked(void)
{
    lock_acquire(&lock);
    for (struct entry *entry = first(); entry; entry = entry->next) {
        struct module_place place;
        bool there = module_locate(entry->module.start, &place) && is_same(entry, &place);
        if (is_loaded(entry) && !there) {
            mark_gone_locked(entry);
        }
    }
    lock_release(&lock);
}

/* With an old C library. Runs under the loader's lock. */
static int note_iterated(struct dl_phdr_info *info, size_t size UNUSED, void *context UNUSED)
{
    struct module_place place = {
        .start = UINTPTR_MAX, .bias = info->dlpi_addr, .name = info->dlpi_name};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD) {
            uintptr_t end = at + segment->p_memsz;
            place.start = at < place.start ? align_down(at, OS_PAGE) : place.start;
            place.end = end > place.end ? end : place.end;
        } else if (segment->p_type == PT_GNU_EH_FRAME) {
            place.eh_frame_hdr = (const void *)at;
        }
    }
    if (place.end != 0 && guard_enter()) {
        rules_lock();
        module_note_locked(&place);
        rules_unlock();
        guard_leave();
    }
    return 0;
}

static void unsee_all(void)
{
    if (!guard_enter()) {
        return;
    }
    lock_acquire(&lock);
    for (struct entry *entry = first(); entry; entry = entry->next) {
        entry->seen = false;
    }
    lock_release(&lock);
    guard_leave();
}

static void drop_unseen_locked(void)
{
    lock_acquire(&lock);
    for (struct entry *entry = first(); entry; entry = entry->next) {
        if (is_loaded(entry) && !entry->seen) {
            mark_gone_locked(entry);
        }
    }
    lock_release(&lock);
}

void modules_gather(void)
{
    if (!find_object) {
        dl_iterate_phdr(note_iterated, NULL);
    }
}

void modules_recheck(void)
{
    if (!find_object) {
        unsee_all();
        dl_iterate_phdr(note_iterated, NULL);
    }
    if (!guard_enter()) {
        return;
    }
    rules_lock();
    if (find_object) {
        recheck_locked();
    } else {
        drop_unseen_locked();
    }
    rules_unlock();
    guard_leave();
}
