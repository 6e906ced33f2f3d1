#include "inspect/sites.h"

#include <stdatomic.h>

#include "alloc/guard_choice.h"
#include "base/hash.h"
#include "inspect/watched.h"
#include "os/own.h"
#include "stack/modules.h"
#include "stack/stack.h"

enum {
    KNOWN_STACKS = 1024, /* of the latest: which site they are of */
    NUMBERED = 16384,    /* blocks whose number is remembered; 256 KiB */
    SITE_BITS = 16,
};

struct site {
    struct site_line line;
    atomic_ulong blocks; /* allocated so far */
};

/* Written in two steps, the address last: what is read amid them is of no block that is asked for.
 */
struct numbered {
    atomic_uintptr_t start;
    atomic_ulong number; /* upper part; the site below */
};

static struct site *list; /* SITES_MOST; NULL: none */
static size_t count;
static _Atomic uint64_t known[KNOWN_STACKS]; /* stack id, and below it the site plus 1 */
static _Atomic(struct numbered *) numbers;   /* by hash of the address; NULL: none yet */

static bool is_frame(const struct site_frame *frame, uintptr_t address, uint32_t epoch)
{
    const struct module *module = module_find(address, epoch);
    return module && address - module->bias == frame->offset &&
           site_module_hash(module->build_id, module->build_id_length, module->path) ==
               frame->module;
}

static bool is_of(const struct site_line *line, const struct stack_view *view)
{
    if (view->count < line->count) {
        return false;
    }
    for (unsigned i = 0; i < line->count; i++) {
        if (!is_frame(&line->frames[i], stack_lookup_address(view->frames[i]), view->epoch)) {
            return false;
        }
    }
    return true;
}

static struct site *search(uint32_t stack)
{
    struct stack_view view = stack_view(stack);
    for (size_t i = 0; i < count; i++) {
        if (is_of(&list[i].line, &view)) {
            return &list[i];
        }
    }
    return NULL;
}

static struct site *find(uint32_t stack)
{
    if (count == 0 || stack == STACK_NONE) {
        return NULL;
    }
    _Atomic uint64_t *kept = &known[hash_mix(stack) % KNOWN_STACKS];
    uint64_t now = atomic_load_explicit(kept, memory_order_relaxed);
    if (now >> SITE_BITS == stack) {
        uint64_t number = now % (1u << SITE_BITS);
        return number > 0 ? &list[number - 1] : NULL;
    }
    struct site *site = search(stack);
    uint64_t number = site ? (uint64_t)(site - list) + 1 : 0;
    atomic_store_explicit(kept, (uint64_t)stack << SITE_BITS | number, memory_order_relaxed);
    return site;
}

bool sites_is_known(uint32_t stack)
{
    return find(stack) != NULL;
}

static struct numbered *place_of(uintptr_t start)
{
    struct numbered *table = atomic_load_explicit(&numbers, memory_order_acquire);
    return table ? &table[hash_mix(start) % NUMBERED] : NULL;
}

static void make_table(void)
{
    struct numbered *none = NULL, *table = own_alloc(NUMBERED * sizeof *table);
    if (table && !atomic_compare_exchange_strong(&numbers, &none, table)) {
        own_free(table, NUMBERED * sizeof *table);
    }
}

static void count_block(struct site *site, uintptr_t start, size_t size, uint32_t stack)
{
    uint64_t number = atomic_fetch_add_explicit(&site->blocks, 1, memory_order_relaxed) + 1;
    if (!place_of(start)) {
        make_table();
    }
    struct numbered *place = place_of(start);
    if (place) {
        uint64_t which = number << SITE_BITS | (uint64_t)(site - list);
        atomic_store_explicit(&place->start, 0, memory_order_relaxed);
        atomic_store_explicit(&place->number, which, memory_order_release);
        atomic_store_explicit(&place->start, start, memory_order_release);
    }
    if (site->line.watch != SITE_WATCH_NONE &&
        (site->line.block == 0 || site->line.block == number)) {
        watched_add(&site->line, start, size, stack);
    }
}

static enum guard_side side_of(uint32_t stack)
{
    static const enum guard_side sides[] = {[SITE_AFTER] = GUARD_SIDE_AFTER,
                                            [SITE_BEFORE] = GUARD_SIDE_BEFORE,
                                            [SITE_BOTH] = GUARD_SIDE_BOTH};
    const struct site *site = find(stack);
    return site ? sides[site->line.side] : GUARD_SIDE_AUTO;
}

static void note_block(uintptr_t start, size_t size, uint32_t stack)
{
    struct site *site = find(stack);
    if (site) {
        count_block(site, start, size, stack);
    }
}

bool sites_add(const struct site_line *line)
{
    list = list ? list : own_alloc(SITES_MOST * sizeof *list);
    if (!list || count == SITES_MOST) {
        return false;
    }
    list[count++].line = *line;
    guard_site_is_known = sites_is_known;
    guard_site_side = side_of;
    guard_site_block = note_block;
    return true;
}

uint64_t sites_block_number(uintptr_t start, uint32_t stack)
{
    const struct site *site = find(stack);
    struct numbered *place = site ? place_of(start) : NULL;
    if (!place || atomic_load_explicit(&place->start, memory_order_acquire) != start) {
        return 0;
    }
    uint64_t which = atomic_load_explicit(&place->number, memory_order_acquire);
    return which % (1u << SITE_BITS) == (uint64_t)(site - list) ? which >> SITE_BITS : 0;
}
