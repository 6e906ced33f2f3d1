#include "stack/unwinder.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "os/io.h"
#include "stack/module_list.h"

/* Statically linked or already there: else these are NULL. */
extern __typeof__(unw_create_addr_space) unw_create_addr_space __attribute__((weak));
extern __typeof__(unw_init_remote) unw_init_remote __attribute__((weak));
extern __typeof__(unw_step) unw_step __attribute__((weak));
extern __typeof__(unw_get_reg) unw_get_reg __attribute__((weak));
extern __typeof__(unw_set_caching_policy) unw_set_caching_policy __attribute__((weak));

typedef int search_table(unw_addr_space_t space, unw_word_t pc, unw_dyn_info_t *table,
                         unw_proc_info_t *info, int need_unwind_info, void *context);
extern search_table _Ux86_64_dwarf_search_unwind_table __attribute__((weak));

struct unwinder unwinder;
static __typeof__(unw_create_addr_space) *create_addr_space;
static __typeof__(unw_set_caching_policy) *set_caching_policy;
static search_table *search_unwind_table;
static _Atomic int starter; /* thread; 0: none */

static bool take_linked(void)
{
    if (!unw_create_addr_space || !_Ux86_64_dwarf_search_unwind_table) {
        return false;
    }
    create_addr_space = unw_create_addr_space;
    set_caching_policy = unw_set_caching_policy;
    search_unwind_table = _Ux86_64_dwarf_search_unwind_table;
    unwinder = (struct unwinder){unw_init_remote, unw_step, unw_get_reg};
    return true;
}

static bool take_loaded(void)
{
    void *library = dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        dlerror(); /* forgotten, so that the program does not find it */
        return false;
    }
    create_addr_space = dlsym(library, "_Ux86_64_create_addr_space");
    set_caching_policy = dlsym(library, "_Ux86_64_set_caching_policy");
    search_unwind_table = dlsym(library, "_Ux86_64_dwarf_search_unwind_table");
    unwinder.init_remote = dlsym(library, "_Ux86_64_init_remote");
    unwinder.get_reg = dlsym(library, "_Ux86_64_get_reg");
    unwinder.step = dlsym(library, "_Ux86_64_step");
    return create_addr_space && set_caching_policy && search_unwind_table && unwinder.init_remote &&
           unwinder.get_reg && unwinder.step;
}

/* A static program has no loader of its own; dlopen there wants the very C library it was linked
 * with. */
static bool is_static(void)
{
    return getauxval(AT_BASE) == 0;
}

bool unwinder_load(void)
{
    return take_linked() || (!is_static() && take_loaded());
}

/* .eh_frame_hdr: version 1, then how the pointer to .eh_frame, the count of entries and the entries
 * are encoded, those themselves. Linkers write one combination (LSB, 10.6.2): */
struct eh_frame_hdr {
    uint8_t version, frame_encoding, count_encoding, table_encoding;
    int32_t frame;
    uint32_t count;
    int32_t table[][2]; /* start of a function, its description; both relative to this header */
};

static bool has_table(const struct eh_frame_hdr *header)
{
    enum { PCREL_SDATA4 = 0x1b, UDATA4 = 0x03, DATAREL_SDATA4 = 0x3b };
    return header && header->version == 1 && header->frame_encoding == PCREL_SDATA4 &&
           header->count_encoding == UDATA4 && header->table_encoding == DATAREL_SDATA4;
}

/* A callback. The context it gets begins with struct unwinder_context. */
static int find_proc_info(unw_addr_space_t space, unw_word_t pc, unw_proc_info_t *info,
                          int need_unwind_info, void *argument)
{
    struct unwinder_context *context = argument;
    struct module_place place;
    context->no_info = true;
    if (!module_locate(pc, &place)) {
        context->start = context->end = 0;
        return -UNW_ENOINFO;
    }
    context->start = place.start;
    context->end = place.end;
    const struct eh_frame_hdr *header = place.eh_frame_hdr;
    if (!has_table(header)) {
        return -UNW_ENOINFO;
    }
    unw_dyn_info_t table = {
        .start_ip = place.start, .end_ip = place.end, .format = UNW_INFO_FORMAT_REMOTE_TABLE};
    table.u.rti.segbase = (unw_word_t)header;
    table.u.rti.table_data = (unw_word_t)header->table;
    table.u.rti.table_len = header->count * sizeof header->table[0] / sizeof(unw_word_t);
    int result = search_unwind_table(space, pc, &table, info, need_unwind_info, context);
    context->no_info = result < 0;
    return result;
}

static void put_unwind_info(unw_addr_space_t space UNUSED, unw_proc_info_t *info UNUSED,
                            void *context UNUSED)
{
}

static int no_dynamic_info(unw_addr_space_t space UNUSED, unw_word_t *list UNUSED,
                           void *context UNUSED)
{
    return -UNW_ENOINFO;
}

static int no_float_register(unw_addr_space_t space UNUSED, unw_regnum_t reg UNUSED,
                             unw_fpreg_t *value UNUSED, int write UNUSED, void *context UNUSED)
{
    return -UNW_EBADREG;
}

static int no_resume(unw_addr_space_t space UNUSED, unw_cursor_t *cursor UNUSED,
                     void *context UNUSED)
{
    return -UNW_EINVAL;
}

unw_addr_space_t unwinder_space(unwinder_memory *memory, unwinder_register *reg)
{
    union {
        unw_accessors_t known;
        void *room[32]; /* later versions have more members, and copy them */
    } accessors = {.room = {NULL}};
    accessors.known = (unw_accessors_t){.find_proc_info = find_proc_info,
                                        .put_unwind_info = put_unwind_info,
                                        .get_dyn_info_list_addr = no_dynamic_info,
                                        .access_mem = memory,
                                        .access_reg = reg,
                                        .access_fpreg = no_float_register,
                                        .resume = no_resume};
    atomic_store(&starter, os_tid());
    unw_addr_space_t space = create_addr_space(&accessors.known, 0);
    if (space) {
        set_caching_policy(space, UNW_CACHE_NONE);
    }
    atomic_store(&starter, 0);
    return space;
}

bool unwinder_is_starting(void)
{
    int tid = atomic_load_explicit(&starter, memory_order_relaxed);
    return UNLIKELY(tid != 0) && tid == os_tid();
}

int unwinder_read_table(const struct unwinder_context *context, unw_word_t at, unw_word_t *value)
{
    if (at < context->start || at >= context->end || context->end - at < sizeof *value) {
        return -UNW_EINVAL;
    }
    *value = *(const unw_word_t *)at;
    return 0;
}
