#include "inspect/why.h"

#include <errno.h>
#include <link.h>
#include <string.h>

#include "base/align.h"
#include "base/strbuf.h"
#include "inspect/address.h"
#include "inspect/regions.h"
#include "inspect/scan.h"
#include "inspect/standstill.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/pages.h"

enum {
    RED_ZONE_BYTES = 128,
    THREAD_BYTES = 4096, /* at a thread pointer the C library keeps less than this */
    STATIC_TLS_MOST = 16 * 1024 * 1024,
};

/* Shared with the copy of the process that looks. */
struct why_answer {
    _Atomic uint32_t done;
    bool failed, is_block;
    enum leak_root root;
    uintptr_t place, stack_pointer;
    int tid;
    size_t count, length;
    struct leak_step steps[LEAK_STEPS_MOST];
};

struct task {
    uintptr_t address;
    uintptr_t static_tls; /* bytes of thread-local storage below a thread pointer */
    struct why_answer *answer;
};

static size_t table_bytes(size_t entries)
{
    return align_up((entries + 1) * sizeof(uintptr_t), OS_PAGE);
}

static bool trail_start(struct trail *trail, const struct census *census)
{
    *trail = (struct trail){
        .from = os_pages_map(table_bytes(census->slots)),
        .into = os_pages_map(table_bytes(census->slots)),
        .order = os_pages_map(table_bytes(census->slots)),
    };
    return trail->from && trail->into && trail->order;
}

static void trail_end(const struct trail *trail, const struct census *census)
{
    uintptr_t *const tables[] = {trail->from, trail->into, trail->order};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i]) {
            os_pages_unmap(tables[i], table_bytes(census->slots));
        }
    }
}

static void leave_out(struct scan *scan, const uintptr_t *table)
{
    roots_leave_out(&scan->roots, (uintptr_t)table,
                    (uintptr_t)table + table_bytes(scan->census.slots));
}

static bool mark_kept(void *context, const struct resident *block)
{
    struct scan *scan = context;
    if (census_level(&scan->census, block->slot) == CENSUS_UNSEEN) {
        mark_block(&scan->marker, block->slot, block->address);
    }
    return true;
}

/* The frames of the calling thread. On a stack that the C library made, thread-local storage
 * follows them. */
static struct range own_frames(const struct task *task, const struct scan_scene *scene)
{
    uintptr_t end = roots_stack_end(scene->site_sp);
    uintptr_t tls = scene->thread_pointer - task->static_tls;
    bool above = tls > scene->site_sp && tls < end;
    return (struct range){scene->site_sp, above ? tls : end};
}

/* Roots first, then blocks that are roots themselves, then from block to block. The calling
 * thread's frames come last: it has the address, or it could not ask. */
static void follow(struct scan *scan, struct range own, uint32_t wanted)
{
    struct marker *marker = &scan->marker;
    marker->rule = (struct mark_rule){
        .raises = 1u << CENSUS_UNSEEN,
        .to = CENSUS_REACHED,
    };
    roots_leave_out(&scan->roots, own.start, own.end);
    marker->trail->in_roots = true;
    roots_mark(&scan->roots, true);
    mark_resolve(marker);
    marker->trail->in_roots = false;
    census_each(&scan->census, CENSUS_KEPT, CENSUS_KEPT, true, mark_kept, scan);
    mark_all_pending(marker);
    if (census_level(&scan->census, wanted) != CENSUS_REACHED) {
        marker->trail->in_roots = true;
        mark_range(marker, own.start, own.end, false);
        mark_resolve(marker);
        marker->trail->in_roots = false;
        mark_all_pending(marker);
    }
}

/* The block that the pointer to this one stands in; false: a root's. */
static bool step_back(const struct scan *scan, struct resident *block)
{
    uintptr_t from = scan->marker.trail->from[block->slot];
    return from && !(from & 1) && census_find(&scan->census, from, block);
}

static size_t length_to(const struct scan *scan, struct resident block)
{
    size_t length = 1;
    while (step_back(scan, &block)) {
        length++;
    }
    return length;
}

static void describe_steps(const struct scan *scan, struct resident block,
                           struct why_answer *answer)
{
    const struct trail *trail = scan->marker.trail;
    answer->length = length_to(scan, block);
    answer->count = answer->length < LEAK_STEPS_MOST ? answer->length : LEAK_STEPS_MOST;
    uintptr_t next = 0; /* where the pointer to the step after this one stands */
    size_t at = answer->length;
    do {
        at--;
        bool is_last = at == answer->length - 1;
        if (is_last || at < answer->count - 1) {
            answer->steps[is_last ? answer->count - 1 : at] = (struct leak_step){
                .address = block.address,
                .size_bytes = block.size_bytes,
                .alloc_stack = block.record->alloc_stack,
                .offset = next ? next - block.address : 0,
                .into = trail->into[block.slot] - block.address,
            };
        }
        next = trail->from[block.slot];
    } while (step_back(scan, &block));
    answer->place = next & ~(uintptr_t)1;
}

struct whose {
    const struct task *task;
    const struct scan_scene *scene;
    struct why_answer *answer;
    int tid; /* of the registers that are being looked through */
};

static void claim(struct whose *whose, enum leak_root root, int tid, uintptr_t sp)
{
    whose->answer->root = root;
    whose->answer->tid = tid;
    whose->answer->stack_pointer = sp;
}

static bool is_in_tls(const struct whose *whose, uintptr_t thread_pointer)
{
    uintptr_t low = thread_pointer - whose->task->static_tls;
    return whose->answer->place - low < whose->task->static_tls + THREAD_BYTES;
}

static void claim_registers(void *context, uintptr_t start, uintptr_t end)
{
    struct whose *whose = context;
    if (whose->answer->place >= start && whose->answer->place < end) {
        claim(whose, ROOT_REGISTERS, whose->tid, 0);
    }
}

static void claim_region(void *context, uintptr_t start, uintptr_t end)
{
    struct whose *whose = context;
    if (whose->answer->place >= start && whose->answer->place < end) {
        claim(whose, ROOT_REGION, 0, 0);
    }
}

/* Of the stack pointers in one mapping the nearest below the place is the stack's. */
static void claim_stack(struct whose *whose, const struct os_map *map, int tid, uintptr_t sp)
{
    const struct why_answer *answer = whose->answer;
    bool nearer = answer->root != ROOT_STACK || sp > answer->stack_pointer;
    if (sp >= map->start && sp < map->end && answer->place >= sp - RED_ZONE_BYTES && nearer) {
        claim(whose, ROOT_STACK, tid, sp);
    }
}

static bool look_at_mapping(void *context, const struct os_map *map)
{
    struct whose *whose = context;
    const struct scan_scene *scene = whose->scene;
    if (whose->answer->place < map->start || whose->answer->place >= map->end) {
        return true;
    }
    claim_stack(whose, map, scene->tid, scene->site_sp);
    for (size_t i = 0; i < scene->thread_count; i++) {
        if (scene->threads[i].answered) {
            claim_stack(whose, map, scene->threads[i].tid, scene->threads[i].sp);
        }
    }
    return false;
}

/* The narrowest claim comes last: registers are saved on a stack, and so is thread-local storage.
 */
static void find_owner(const struct task *task, const struct scan_scene *scene)
{
    struct whose whose = {.task = task, .scene = scene, .answer = task->answer};
    task->answer->root = ROOT_MAPPING;
    if (!os_maps_each(look_at_mapping, &whose)) {
        return; /* no list: a mapping of which nothing is known */
    }
    regions_each(claim_region, &whose);
    if (is_in_tls(&whose, scene->thread_pointer)) {
        claim(&whose, ROOT_TLS, scene->tid, 0);
    }
    for (size_t i = 0; i < scene->thread_count; i++) {
        const struct os_stopped *thread = &scene->threads[i];
        if (!thread->answered) {
            continue;
        }
        if (is_in_tls(&whose, thread->thread_pointer)) {
            claim(&whose, ROOT_TLS, thread->tid, 0);
        }
        whose.tid = thread->tid;
        os_registers_each(thread->registers, claim_registers, &whose);
    }
}

static void answer_for(struct scan *scan, const struct task *task, const struct scan_scene *scene)
{
    struct resident block;
    struct why_answer *answer = task->answer;
    answer->is_block = census_find(&scan->census, task->address, &block);
    if (!answer->is_block) {
        return;
    }
    follow(scan, own_frames(task, scene), block.slot);
    if (census_level(&scan->census, block.slot) != CENSUS_REACHED) {
        return;
    }
    describe_steps(scan, block, answer);
    if (answer->place == 0) {
        answer->root = ROOT_KEPT;
    } else {
        find_owner(task, scene);
    }
}

static size_t room_for_scan(void)
{
    return align_up(sizeof(struct scan), OS_PAGE);
}

static void work(void *context, const struct scan_scene *scene)
{
    const struct task *task = context;
    struct scan *scan = os_pages_map(room_for_scan());
    task->answer->failed = true;
    if (!scan) {
        return;
    }
    if (scan_start(scan, scene, 0)) {
        struct trail trail;
        if (trail_start(&trail, &scan->census)) {
            roots_leave_out(&scan->roots, (uintptr_t)scan, (uintptr_t)scan + room_for_scan());
            leave_out(scan, trail.from);
            leave_out(scan, trail.into);
            leave_out(scan, trail.order);
            scan->marker.trail = &trail;
            answer_for(scan, task, scene);
            task->answer->failed = false;
        }
        trail_end(&trail, &scan->census);
        scan_end(scan);
    }
    os_pages_unmap(scan, room_for_scan());
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

static bool find_path(void *context, const struct os_map *map)
{
    struct leak_path *path = context;
    if (path->place < map->start || path->place >= map->end) {
        return true;
    }
    struct strbuf file;
    strbuf_init(&file, path->file, sizeof path->file);
    strbuf_str(&file, map->path);
    return false;
}

static void name_place(struct leak_path *path)
{
    uintptr_t bias;
    struct strbuf file;
    strbuf_init(&file, path->file, sizeof path->file);
    if (address_find_file(path->place, &file, &bias)) {
        path->root = ROOT_MODULE;
        path->file_offset = path->place - bias;
    } else if (!os_maps_each(find_path, path)) {
        path->file[0] = '\0';
    }
}

static void take_over(const struct why_answer *answer, struct leak_path *out)
{
    out->failed = answer->failed;
    out->trouble = answer->failed ? LEAKS_NO_MEMORY : LEAKS_SCANNED;
    out->is_block = answer->is_block;
    out->root = answer->root;
    out->place = answer->root == ROOT_REGISTERS ? 0 : answer->place;
    out->tid = answer->tid;
    out->stack_pointer = answer->stack_pointer;
    out->offset = answer->root == ROOT_STACK ? answer->place - answer->stack_pointer : 0;
    out->length = answer->length;
    if (answer->count > 0) {
        out->steps = own_alloc(answer->count * sizeof *out->steps);
        out->count = out->steps ? answer->count : 0;
    }
    if (out->count > 0) {
        memcpy(out->steps, answer->steps, out->count * sizeof *out->steps);
    }
    if (out->root == ROOT_MAPPING) {
        name_place(out);
    }
}

static void ask(struct standstill *standstill, struct task *task, struct leak_path *out)
{
    leaks_lock();
    enum standstill_end end = standstill_work(standstill, work, task);
    leaks_unlock();
    out->signal = standstill->signal;
    if (end == STANDSTILL_DONE) {
        take_over(task->answer, out);
    } else {
        out->trouble = end == STANDSTILL_CRASHED     ? LEAKS_CRASHED
                       : end == STANDSTILL_TIMED_OUT ? LEAKS_TIMED_OUT
                                                     : LEAKS_NO_MEMORY;
    }
}

void leaks_why(uintptr_t address, uintptr_t site_sp, struct leak_path *out)
{
    int saved = errno;
    size_t bytes = align_up(sizeof(struct why_answer), OS_PAGE);
    *out = (struct leak_path){.failed = true, .trouble = LEAKS_NO_MEMORY};
    struct why_answer *answer = os_pages_map_shared(bytes);
    if (!answer) {
        return;
    }
    struct task task = {.address = address, .answer = answer};
    dl_iterate_phdr(measure_tls, &task.static_tls);
    struct standstill standstill = {
        .site_sp = site_sp,
        .answer = {(uintptr_t)answer, (uintptr_t)answer + bytes},
        .done = &answer->done,
    };
    if (standstill_prepare(&standstill)) {
        ask(&standstill, &task, out);
        standstill_finish(&standstill);
    }
    os_pages_unmap(answer, bytes);
    errno = saved;
}

void leaks_why_free(struct leak_path *path)
{
    own_free(path->steps, path->count * sizeof *path->steps);
    path->steps = NULL;
    path->count = 0;
}
