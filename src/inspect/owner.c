#include "inspect/owner.h"

#include <link.h>

#include "inspect/regions.h"
#include "os/maps.h"
#include "os/threads.h"
#include "stack/stack.h"

enum {
    RED_ZONE_BYTES = 128,
    THREAD_BYTES = 4096, /* at a thread pointer the C library keeps less than this */
    STATIC_TLS_MOST = 16 * 1024 * 1024,
};

struct whose {
    uintptr_t place;
    const struct owner_facts *facts;
    const struct scan_scene *scene;
    struct owner *owner;
    int tid; /* of the registers that are being looked through */
};

static void claim(struct whose *whose, enum leak_root root, int tid)
{
    *whose->owner = (struct owner){.root = root, .tid = tid};
}

static bool is_in_static_tls(const struct whose *whose, uintptr_t thread_pointer)
{
    uintptr_t low = thread_pointer - whose->facts->static_tls;
    return whose->place - low < whose->facts->static_tls + THREAD_BYTES;
}

static void note_tls_module(struct whose *whose, uintptr_t thread_pointer)
{
    struct owner *owner = whose->owner;
    const struct tls_module *module =
        tls_find(&whose->facts->tls, thread_pointer, whose->place, &owner->tls_offset);
    if (module) {
        owner->tls_module = *module;
    }
}

static void claim_static_tls(struct whose *whose, int tid, uintptr_t thread_pointer)
{
    if (is_in_static_tls(whose, thread_pointer)) {
        claim(whose, ROOT_TLS, tid);
        note_tls_module(whose, thread_pointer);
    }
}

static void claim_registers(void *context, uintptr_t start, uintptr_t end)
{
    struct whose *whose = context;
    if (whose->place >= start && whose->place < end) {
        claim(whose, ROOT_REGISTERS, whose->tid);
    }
}

static void claim_region(void *context, uintptr_t start, uintptr_t end)
{
    struct whose *whose = context;
    if (whose->place >= start && whose->place < end) {
        claim(whose, ROOT_REGION, 0);
    }
}

/* Of the stack pointers in one mapping the nearest below the place is the stack's. */
static void claim_stack(struct whose *whose, const struct os_map *map, int tid,
                        const struct call_site *site)
{
    const struct owner *owner = whose->owner;
    uintptr_t sp = site->sp;
    bool nearer = owner->root != ROOT_STACK || sp > owner->site.sp;
    if (sp >= map->start && sp < map->end && whose->place >= sp - RED_ZONE_BYTES && nearer) {
        claim(whose, ROOT_STACK, tid);
        whose->owner->site = *site;
    }
}

static struct call_site site_of(const struct os_stopped *thread)
{
    struct os_frame frame = os_registers_frame(thread->registers);
    return (struct call_site){
        .pc = frame.pc ? frame.pc | STACK_EXACT : 0, .sp = thread->sp, .fp = frame.fp};
}

static bool look_at_mapping(void *context, const struct os_map *map)
{
    struct whose *whose = context;
    const struct scan_scene *scene = whose->scene;
    if (whose->place < map->start || whose->place >= map->end) {
        return true;
    }
    claim_stack(whose, map, scene->tid, &whose->facts->site);
    for (size_t i = 0; i < scene->thread_count; i++) {
        if (scene->threads[i].answered) {
            struct call_site site = site_of(&scene->threads[i]);
            claim_stack(whose, map, scene->threads[i].tid, &site);
        }
    }
    return false;
}

/* The narrowest claim comes last: registers are saved on a stack, and so is thread-local storage.
 */
void owner_find(uintptr_t place, const struct owner_facts *facts, const struct scan_scene *scene,
                struct owner *out)
{
    struct whose whose = {.place = place, .facts = facts, .scene = scene, .owner = out};
    *out = (struct owner){.root = ROOT_MAPPING};
    if (!os_maps_each(look_at_mapping, &whose)) {
        return; /* no list: a mapping of which nothing is known */
    }
    regions_each(claim_region, &whose);
    claim_static_tls(&whose, scene->tid, scene->thread_pointer);
    for (size_t i = 0; i < scene->thread_count; i++) {
        const struct os_stopped *thread = &scene->threads[i];
        if (thread->answered) {
            claim_static_tls(&whose, thread->tid, thread->thread_pointer);
            whose.tid = thread->tid;
            os_registers_each(thread->registers, claim_registers, &whose);
        }
    }
}

static bool claim_tls_block(struct whose *whose, int tid, uintptr_t thread_pointer)
{
    claim(whose, ROOT_TLS, tid);
    note_tls_module(whose, thread_pointer);
    return whose->owner->tls_module.number > 0;
}

bool owner_find_in_tls_block(uintptr_t place, const struct owner_facts *facts,
                             const struct scan_scene *scene, struct owner *out)
{
    struct whose whose = {.place = place, .facts = facts, .scene = scene, .owner = out};
    bool found = claim_tls_block(&whose, scene->tid, scene->thread_pointer);
    for (size_t i = 0; i < scene->thread_count && !found; i++) {
        const struct os_stopped *thread = &scene->threads[i];
        found = thread->answered && claim_tls_block(&whose, thread->tid, thread->thread_pointer);
    }
    return found;
}

/* Static thread-local storage of a module lies below the thread pointer, at the same distance in
 * every thread. */
static int measure_tls(struct dl_phdr_info *info, size_t size UNUSED, void *context)
{
    uintptr_t *most = context;
    uintptr_t distance = os_thread_pointer() - (uintptr_t)info->dlpi_tls_data;
    if (info->dlpi_tls_data && distance < STATIC_TLS_MOST && distance > *most) {
        *most = distance;
    }
    return 0;
}

void owner_facts_find(struct owner_facts *out)
{
    out->static_tls = 0;
    dl_iterate_phdr(measure_tls, &out->static_tls);
    tls_list(&out->tls);
}
