#include "inspect/why.h"

#include <errno.h>
#include <string.h>

#include "base/align.h"
#include "base/strbuf.h"
#include "inspect/address.h"
#include "inspect/owner.h"
#include "inspect/scan.h"
#include "inspect/standstill.h"
#include "os/maps.h"
#include "os/own.h"
#include "os/pages.h"
#include "os/peek.h"
#include "stack/frame_at.h"

enum {
    STACK_WORDS_MOST = 128 * 1024, /* 1 MiB: of a deeper place the frame is not told */
    WORDS_BEYOND = 512,            /* past the place: where its frame may say what called it */
    TLS_STEPS_MOST = 4,            /* from the loader's tables to thread-local storage */
};

/* Shared with the copy of the process that looks. */
struct why_answer {
    _Atomic uint32_t done;
    bool failed, is_block;
    uintptr_t place;
    struct owner owner;
    size_t count, length;
    struct leak_step steps[LEAK_STEPS_MOST];
    struct owner_facts facts; /* set by the caller */
    size_t stack_words;       /* with ROOT_STACK: what stood on that stack, from owner.site.sp on */
    uintptr_t stack[STACK_WORDS_MOST];
};

struct task {
    uintptr_t address;
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
    uintptr_t tls = scene->thread_pointer - task->answer->facts.static_tls;
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

/* The loader's own blocks on the way to a thread-local variable explain nothing. */
static bool begin_at_tls(struct why_answer *answer, const struct scan_scene *scene)
{
    struct owner owner;
    for (size_t i = 0; i < TLS_STEPS_MOST && i + 1 < answer->count; i++) {
        uintptr_t place = answer->steps[i].address + answer->steps[i].offset;
        if (owner_find_in_tls_block(place, &answer->facts, scene, &owner)) {
            answer->owner = owner;
            answer->place = place;
            answer->count -= i + 1;
            answer->length -= i + 1;
            memmove(answer->steps, answer->steps + i + 1, answer->count * sizeof answer->steps[0]);
            return true;
        }
    }
    return false;
}

/* What the thread's frames up to that of the place can be told by. */
static void copy_stack(struct why_answer *answer)
{
    uintptr_t sp = answer->owner.site.sp;
    size_t words = (size_t)((intptr_t)(answer->place - sp) / (intptr_t)sizeof(uintptr_t));
    words = answer->place < sp ? WORDS_BEYOND : words + WORDS_BEYOND;
    if (answer->owner.site.pc != 0 && words <= STACK_WORDS_MOST) {
        answer->stack_words =
            os_peek(sp, answer->stack, words * sizeof(uintptr_t)) / sizeof(uintptr_t);
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
    if (begin_at_tls(answer, scene)) {
        return;
    }
    if (answer->place == 0) {
        answer->owner.root = ROOT_KEPT;
    } else {
        owner_find(answer->place, &answer->facts, scene, &answer->owner);
    }
    if (answer->owner.root == ROOT_STACK) {
        copy_stack(answer);
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

static bool name_file(struct leak_path *path, uintptr_t inside, uintptr_t *bias)
{
    struct strbuf file;
    strbuf_init(&file, path->file, sizeof path->file);
    return address_find_file(inside, &file, bias);
}

static void name_place(struct leak_path *path)
{
    uintptr_t bias;
    if (name_file(path, path->place, &bias)) {
        path->root = ROOT_MODULE;
        path->file_offset = path->place - bias;
    } else if (!os_maps_each(find_path, path)) {
        path->file[0] = '\0';
    }
}

static uintptr_t frame_of(const struct why_answer *answer)
{
    const struct stack_copy copy = {
        .site = answer->owner.site, .words = answer->stack, .count = answer->stack_words};
    return answer->stack_words > 0 ? stack_frame_at(&copy, answer->place) : 0;
}

static void take_over_owner(const struct why_answer *answer, struct leak_path *out)
{
    const struct owner *owner = &answer->owner;
    out->root = owner->root;
    out->tid = owner->tid;
    out->place = owner->root == ROOT_REGISTERS ? 0 : answer->place;
    if (owner->root == ROOT_STACK) {
        out->stack_pointer = owner->site.sp;
        out->offset = answer->place - owner->site.sp;
        out->frame = frame_of(answer);
    } else if (owner->root == ROOT_TLS && owner->tls_module.number > 0) {
        uintptr_t bias;
        out->tls_module = owner->tls_module.inside;
        out->file_offset = owner->tls_offset;
        (void)!name_file(out, out->tls_module, &bias);
    } else if (owner->root == ROOT_MAPPING) {
        name_place(out);
    }
}

static void take_over(const struct why_answer *answer, struct leak_path *out)
{
    out->failed = answer->failed;
    out->trouble = answer->failed ? LEAKS_NO_MEMORY : LEAKS_SCANNED;
    out->is_block = answer->is_block;
    take_over_owner(answer, out);
    out->length = answer->length;
    if (answer->count > 0) {
        out->steps = own_alloc(answer->count * sizeof *out->steps);
        out->count = out->steps ? answer->count : 0;
    }
    if (out->count > 0) {
        memcpy(out->steps, answer->steps, out->count * sizeof *out->steps);
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

void leaks_why(uintptr_t address, const struct call_site *site, struct leak_path *out)
{
    int saved = errno;
    size_t bytes = align_up(sizeof(struct why_answer), OS_PAGE);
    *out = (struct leak_path){.failed = true, .trouble = LEAKS_NO_MEMORY};
    struct why_answer *answer = os_pages_map_shared(bytes);
    if (!answer) {
        return;
    }
    struct task task = {.address = address, .answer = answer};
    answer->facts.site = *site;
    owner_facts_find(&answer->facts);
    struct standstill standstill = {
        .site_sp = site->sp,
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
