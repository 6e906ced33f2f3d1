#include "heap/guarded.h"

#include "heap/buddy.h"
#include "os/guards.h"
#include "os/lock.h"
#include "os/own.h"
#include "os/panic.h"

enum {
    BATCH_MOST = 32,    /* slots opened in one go … */
    BATCH_SHARE = 64,   /* … one in so many of those taken at most */
    SMALL_SLOTS = 8,    /* a class that has fewer gets a run of the smallest kind … */
    MIDDLE_SLOTS = 128, /* … and up to here a middle one */
    WAIT_MOST = 4096,   /* takes without another try where guards were refused */
    NAME_SLOT_BITS = 8,
    HELD_AS_MAPPINGS = 16 * 1024 * 1024, /* bytes: where each slot takes of their budget */
};

/* A slot's name is one word: its run's granule index, and the slot plus one, so that none is 0. */
_Static_assert(GUARDED_RUN_GRANULES *GRANULE_BYTES / (2 * OS_PAGE) < (1 << NAME_SLOT_BITS) - 1,
               "the slots of a run have a number in a name");

_Static_assert(GUARDED_RUN_GRANULES *GRANULE_BYTES *(GUARDED_PAGES_MOST + 1) * OS_PAGE <
                   (uint64_t)1 << SLOTS_RECIPROCAL_SHIFT,
               "the arithmetic of a lookup is exact");

struct class_state {
    struct lock lock;
    uint32_t run;            /* that new slots are carved from: granule index + 1; 0: none */
    uint32_t ready;          /* open, never handed out since: a stack of names */
    uint32_t oldest, newest; /* put back: a queue of names */
    uint32_t held, taken;    /* slots in that queue, and with a block */
    uint32_t slots;          /* in all runs */
    uint32_t wait, waits;    /* takes until guards are tried again, and how many that were */
} __attribute__((aligned(64)));

static struct class_state classes[GUARDED_PAGES_MOST]; /* of one page, of two … */
static size_t held_least, held_most;                   /* bytes; set at start */
static bool keeps_history;                             /* likewise */
static atomic_size_t taken_bytes;
static atomic_size_t granules; /* in guarded runs */

void guarded_start(size_t held_least_bytes, size_t held_most_bytes)
{
    for (unsigned i = 0; i < GUARDED_PAGES_MOST; i++) {
        classes[i].lock.rank = LOCK_CLASS;
        lock_register(&classes[i].lock);
    }
    held_least = held_least_bytes;
    held_most = held_most_bytes;
}

void guarded_keep_history(void)
{
    keeps_history = true;
}

size_t guarded_taken_bytes(void)
{
    return atomic_load_explicit(&taken_bytes, memory_order_relaxed);
}

static uint32_t name_of(const struct granule *run, uint32_t slot)
{
    return granule_index(run) << NAME_SLOT_BITS | (slot + 1);
}

static struct granule *run_of(uint32_t name)
{
    return &arena.granules[name >> NAME_SLOT_BITS];
}

static uint32_t slot_of(uint32_t name)
{
    return name % (1u << NAME_SLOT_BITS) - 1;
}

static struct guarded_slot *place_of(uint32_t name)
{
    return &run_of(name)->guarded.places[slot_of(name)];
}

static struct iovec data_of(uint32_t name)
{
    const struct granule *run = run_of(name);
    return (struct iovec){(void *)slots_start(run, slot_of(name)), guarded_data_bytes(run)};
}

static void hold_locked(struct class_state *class, uint32_t name)
{
    place_of(name)->next = 0;
    if (class->newest) {
        place_of(class->newest)->next = name;
    } else {
        class->oldest = name;
    }
    class->newest = name;
    class->held++;
}

/* 0: none. */
static uint32_t take_oldest_locked(struct class_state *class)
{
    uint32_t name = class->oldest;
    if (name) {
        class->oldest = place_of(name)->next;
        class->newest = class->oldest ? class->newest : 0;
        class->held--;
    }
    return name;
}

static void push_ready_locked(struct class_state *class, uint32_t name)
{
    place_of(name)->next = class->ready;
    class->ready = name;
}

static uint32_t pop_ready_locked(struct class_state *class)
{
    uint32_t name = class->ready;
    if (name) {
        class->ready = place_of(name)->next;
    }
    return name;
}

static bool is_over_held_locked(const struct class_state *class, unsigned pages)
{
    size_t limit = (size_t) class->taken * pages * OS_PAGE;
    size_t least = held_least;
    if (os_guards_way() == GUARDS_MPROTECT && least > HELD_AS_MAPPINGS) {
        least = HELD_AS_MAPPINGS;
    }
    limit = limit > least ? limit : least;
    limit = limit < held_most ? limit : held_most;
    return (size_t) class->held * pages * OS_PAGE > limit;
}

static uint32_t granules_for(const struct class_state *class, unsigned pages)
{
    if (class->slots >= MIDDLE_SLOTS) {
        return GUARDED_RUN_GRANULES;
    }
    return class->slots < SMALL_SLOTS && pages < GUARDED_PAGES_MOST / 2 ? 1 : 4;
}

/* Address space is for other blocks too. */
static bool is_over_share(uint32_t more)
{
    return atomic_load(&granules) + more > (arena.bytes >> GRANULE_SHIFT) / 4;
}

static bool create_run_locked(struct class_state *class, unsigned pages)
{
    uint32_t length = granules_for(class, pages);
    uint32_t slots = (uint32_t)((length * GRANULE_BYTES / OS_PAGE - 1) / (pages + 1));
    size_t history_bytes = keeps_history ? slots * HEAP_HISTORY_BYTES : 0;
    size_t places_at = slots * HEAP_RECORD_BYTES;
    size_t history_at = places_at + slots * sizeof(struct guarded_slot);
    size_t metadata_bytes = history_at + history_bytes;
    unsigned char *metadata = is_over_share(length) ? NULL : own_alloc_record(metadata_bytes);
    struct granule *run = metadata ? run_alloc(length) : NULL;
    if (!run) {
        if (metadata) {
            own_free_record(metadata, metadata_bytes);
        }
        return false;
    }
    run->granules = length;
    run->slots.records = metadata;
    run->guarded.places = (struct guarded_slot *)(metadata + places_at);
    run->slots.history = keeps_history ? (uint64_t *)(metadata + history_at) : NULL;
    run->slots.count = slots;
    run->slots.bytes = (pages + 1) * OS_PAGE;
    run->slots.reciprocal = slots_reciprocal(run->slots.bytes);
    run->slots.lead = -(int32_t)OS_PAGE;
    run->guarded.carved = 0;
    run->guarded.opened = 0;
    granule_set_slots(run, GRANULE_GUARDED, GRANULE_GUARDED_BODY);
    class->run = granule_index(run) + 1;
    class->slots += slots;
    atomic_fetch_add(&granules, length);
    return true;
}

/* Closes the data of up to `count` more slots together with the guards behind, so that the data is
 * between two guards; before the first slot also the guard before it. Where a guard is a mapping,
 * each is asked for by itself: each is counted. */
static bool carve(struct granule *run, uint32_t count)
{
    uint32_t left = run->slots.count - run->guarded.carved;
    count = os_guards_way() == GUARDS_MADVISE ? count : 1;
    count = count < left ? count : left;
    uintptr_t start = slots_start(run, run->guarded.carved);
    uintptr_t end = slots_start(run, run->guarded.carved + count);
    start -= run->guarded.carved == 0 ? OS_PAGE : 0;
    if (!os_guard_install((void *)start, end - start)) {
        return false;
    }
    run->guarded.carved += count;
    return true;
}

/* A slot that never was taken; 0: none is to be had. The one behind it is carved as well: a block
 * that runs over by more than its guard comes upon closed pages. */
static uint32_t take_new_locked(struct class_state *class, unsigned pages)
{
    if (class->wait > 0) {
        class->wait--;
        return 0;
    }
    struct granule *run = class->run ? &arena.granules[class->run - 1] : NULL;
    if (!run || run->guarded.opened == run->slots.count) {
        run = create_run_locked(class, pages) ? &arena.granules[class->run - 1] : NULL;
    }
    bool got = run != NULL;
    while (got && run->guarded.carved < run->guarded.opened + 2 &&
           run->guarded.carved < run->slots.count) {
        got = carve(run, BATCH_MOST);
    }
    if (!run || run->guarded.opened == run->guarded.carved) {
        class->waits = class->waits == 0 ? 1 : class->waits * 2;
        class->waits = class->waits < WAIT_MOST ? class->waits : WAIT_MOST;
        class->wait = class->waits;
        return 0;
    }
    class->waits = 0;
    return name_of(run, run->guarded.opened++);
}

/* Closed slots to open: new ones as long as those put back are not too many. */
static size_t gather_locked(struct class_state *class, unsigned pages, uint32_t *names, size_t most)
{
    size_t count = 0;
    while (count < most) {
        uint32_t name = is_over_held_locked(class, pages) ? take_oldest_locked(class) : 0;
        name = name ? name : take_new_locked(class, pages);
        name = name ? name : take_oldest_locked(class);
        if (!name) {
            break;
        }
        names[count++] = name;
    }
    return count;
}

/* Leaves those that are open at the front of the list, and returns how many. */
static size_t open_slots(uint32_t *names, size_t count)
{
    struct iovec ranges[BATCH_MOST];
    for (size_t i = 0; i < count; i++) {
        ranges[i] = data_of(names[i]);
    }
    size_t open = count;
    if (!os_guard_open_many(ranges, count)) {
        open = 0;
        for (size_t i = 0; i < count; i++) {
            if (os_guard_open(ranges[i].iov_base, ranges[i].iov_len)) {
                uint32_t name = names[i];
                names[i] = names[open];
                names[open] = name;
                ranges[open++] = ranges[i];
            }
        }
    }
    if (open > 0) {
        (void)os_pages_populate_many(ranges, open);
    }
    return open;
}

static uint32_t take_batch(struct class_state *class, unsigned pages, size_t most)
{
    uint32_t names[BATCH_MOST];
    lock_acquire(&class->lock);
    size_t count = gather_locked(class, pages, names, most);
    lock_release(&class->lock);
    size_t open = count > 0 ? open_slots(names, count) : 0;
    lock_acquire(&class->lock);
    for (size_t i = count; i-- > 1;) {
        if (i < open) {
            push_ready_locked(class, names[i]);
        } else {
            hold_locked(class, names[i]);
        }
    }
    if (count > 0 && open == 0) {
        hold_locked(class, names[0]);
    }
    class->taken += open > 0;
    lock_release(&class->lock);
    return open > 0 ? names[0] : 0;
}

bool guarded_take(unsigned pages, struct granule **run, uint32_t *slot)
{
    INVARIANT(pages > 0 && pages <= GUARDED_PAGES_MOST);
    if (os_guards_way() == GUARDS_NONE) {
        return false;
    }
    struct class_state *class = &classes[pages - 1];
    lock_acquire(&class->lock);
    uint32_t name = pop_ready_locked(class);
    class->taken += name != 0;
    size_t batch = 1 + class->taken / BATCH_SHARE;
    lock_release(&class->lock);
    name = name ? name : take_batch(class, pages, batch < BATCH_MOST ? batch : BATCH_MOST);
    if (!name) {
        return false;
    }
    *run = run_of(name);
    *slot = slot_of(name);
    atomic_fetch_add_explicit(&taken_bytes, pages * OS_PAGE, memory_order_relaxed);
    return true;
}

static void close_guard(uintptr_t guard, const struct granule *run, uint32_t slot, unsigned flag)
{
    if (guarded_has(run, slot, flag) && os_guard_close((void *)guard, OS_PAGE)) {
        guarded_clear(run, slot, flag);
    }
}

bool guarded_close(struct granule *run, uint32_t slot)
{
    uintptr_t data = slots_start(run, slot);
    size_t bytes = guarded_data_bytes(run);
    if (slot == 0) {
        close_guard(data - OS_PAGE, run, 0, GUARDED_AHEAD);
    } else {
        close_guard(data - OS_PAGE, run, slot - 1, GUARDED_BEHIND);
    }
    close_guard(data + bytes, run, slot, GUARDED_BEHIND);
    return os_guard_close((void *)data, bytes);
}

void guarded_put(struct granule *run, uint32_t slot)
{
    struct class_state *class = &classes[guarded_data_bytes(run) / OS_PAGE - 1];
    lock_acquire(&class->lock);
    hold_locked(class, name_of(run, slot));
    class->taken--;
    lock_release(&class->lock);
    atomic_fetch_sub_explicit(&taken_bytes, guarded_data_bytes(run), memory_order_relaxed);
}

bool guarded_trim(void)
{
    bool any = false;
    for (unsigned i = 0; i < GUARDED_PAGES_MOST; i++) {
        struct class_state *class = &classes[i];
        uint32_t name;
        do {
            lock_acquire(&class->lock);
            name = pop_ready_locked(class);
            lock_release(&class->lock);
            bool closed = name && guarded_close(run_of(name), slot_of(name));
            lock_acquire(&class->lock);
            if (closed) {
                any = true;
                hold_locked(class, name);
            } else if (name) {
                push_ready_locked(class, name);
                name = 0;
            }
            lock_release(&class->lock);
        } while (name);
    }
    return any;
}
