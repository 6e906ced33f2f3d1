#include "heap/slab.h"

#include <string.h>

#include "base/hash.h"
#include "heap/buddy.h"
#include "heap/pins.h"
#include "os/lock.h"
#include "os/own.h"
#include "os/panic.h"

enum {
    MOST_SLOTS = 2032, /* 16 bytes of record and one bit of map each: 32 KiB in all */
    SPARE_SLABS =
        1, /* wholly free slabs a class keeps, so that one block coming and going is cheap */
    CHOICE_WORDS = 4, /* of a map: slots to choose from are so many times 64 */
};

struct class_state {
    struct lock lock;
    uint32_t partial; /* slabs with free slots: granule index + 1; under lock */
    uint32_t spares;  /* wholly free slabs among them; under lock */
    uint64_t random;  /* state of a generator; under lock */
} __attribute__((aligned(64)));

static struct class_state classes[SIZE_CLASSES];

void slabs_start(void)
{
    for (unsigned i = 0; i < SIZE_CLASSES; i++) {
        classes[i].lock.rank = LOCK_CLASS;
        lock_register(&classes[i].lock);
    }
}

static bool keeps_history; /* set once, before the first slab */

void slabs_keep_history(void)
{
    keeps_history = true;
}

static bool chooses_at_random; /* likewise */

void slabs_choose_at_random(uint64_t seed)
{
    chooses_at_random = true;
    for (unsigned i = 0; i < SIZE_CLASSES; i++) {
        classes[i].random = random_next(&seed);
    }
}

static uint32_t slab_granules(uint32_t slot_bytes)
{
    return slot_bytes <= SLAB_SINGLE_MOST ? 1 : slot_bytes <= 8208 ? 4 : 8;
}

static size_t map_words(uint32_t slots)
{
    return (slots + 63) / 64;
}

static size_t metadata_bytes(uint32_t slots)
{
    return (size_t)slots * HEAP_RECORD_BYTES + map_words(slots) * sizeof(uint64_t);
}

static void link_locked(struct class_state *class, struct granule *slab)
{
    slab->prev = 0;
    slab->next = class->partial;
    if (slab->next) {
        arena.granules[slab->next - 1].prev = granule_index(slab) + 1;
    }
    class->partial = granule_index(slab) + 1;
    slab->listed = true;
}

static void unlink_locked(struct class_state *class, struct granule *slab)
{
    if (slab->prev) {
        arena.granules[slab->prev - 1].next = slab->next;
    } else {
        INVARIANT(class->partial == granule_index(slab) + 1);
        class->partial = slab->next;
    }
    if (slab->next) {
        arena.granules[slab->next - 1].prev = slab->prev;
    }
    slab->listed = false;
}

static struct granule *slab_create(unsigned size_class)
{
    uint32_t slot_bytes = size_class_slot_bytes(size_class);
    uint32_t granules = slab_granules(slot_bytes);
    uint32_t slots = (uint32_t)((granules * GRANULE_BYTES - SLAB_FRONT) / slot_bytes);
    slots = slots < MOST_SLOTS ? slots : MOST_SLOTS;
    unsigned char *metadata = own_alloc_record(metadata_bytes(slots));
    if (!metadata && buddy_decommit_idle()) {
        metadata = own_alloc_record(metadata_bytes(slots));
    }
    if (!metadata) {
        return NULL;
    }
    struct granule *slab = run_alloc(granules);
    if (!slab) {
        own_free_record(metadata, metadata_bytes(slots));
        return NULL;
    }
    uint64_t *free_map = (uint64_t *)(metadata + (size_t)slots * HEAP_RECORD_BYTES);
    for (uint32_t i = 0; i < slots; i++) {
        free_map[i / 64] |= (uint64_t)1 << i % 64;
    }
    slab->size_class = (uint8_t)size_class;
    slab->granules = granules;
    slab->slots.bytes = slot_bytes;
    slab->slots.reciprocal = slots_reciprocal(slot_bytes);
    slab->slots.lead = -SLAB_FRONT;
    slab->slots.records = metadata;
    slab->slab.free_map = free_map;
    slab->slots.count = slots;
    slab->slab.free_slots = slots;
    slab->slab.first_free = 0;
    /* without memory for it, findings lack what it would tell */
    slab->slots.history = keeps_history ? own_alloc_record(slots * HEAP_HISTORY_BYTES) : NULL;
    granule_set_slots(slab, GRANULE_SLAB, GRANULE_SLAB_BODY);
    return slab;
}

void slab_free(struct granule *slab)
{
    uint32_t slots = slab->slots.count;
    unsigned char *metadata = slab->slots.records;
    uint64_t *history = slab->slots.history;
    for (uint32_t i = 0; i < slab->granules; i++) {
        slab[i].slots.count = 0;
    }
    atomic_thread_fence(memory_order_release);
    run_free(slab, slab->granules);
    own_free_record(metadata, metadata_bytes(slots));
    own_free_record(history, slots * HEAP_HISTORY_BYTES);
}

void slab_release(struct granule *slab)
{
    for (uint32_t i = 0; i < slab->granules; i++) {
        granule_set_kind(&slab[i], GRANULE_NONE);
    }
    if (!pin_hand_over(slab, PIN_SLAB)) {
        slab_free(slab);
    }
}

/* The first word from `word` on with a free slot; `words` if there is none. */
static size_t next_free_word(const uint64_t *map, size_t word, size_t words)
{
    while (word < words && map[word] == 0) {
        word++;
    }
    return word;
}

/* One of the free slots in some of the words from `word` on, which has one. Not all of the slab:
 * its pages are to be touched one after the other. */
static uint32_t choose_locked(struct class_state *class, const uint64_t *map, size_t word,
                              size_t words)
{
    uint64_t random = random_next(&class->random);
    size_t chosen = word + random % CHOICE_WORDS;
    if (chosen >= words || map[chosen] == 0) {
        chosen = word;
    }
    unsigned turn = (unsigned)(random >> 32) % 64;
    uint64_t turned = map[chosen] >> turn | map[chosen] << (64 - turn) % 64;
    return (uint32_t)(chosen * 64 + ((unsigned)__builtin_ctzl(turned) + turn) % 64);
}

static size_t take_from_locked(struct class_state *class, struct granule *slab, uintptr_t *slots,
                               size_t most, slab_prepare *prepare)
{
    size_t taken = 0;
    uint64_t *map = slab->slab.free_map;
    size_t words = map_words(slab->slots.count);
    size_t word = slab->slab.first_free;
    while (taken < most && (word = next_free_word(map, word, words)) < words) {
        uint32_t slot = chooses_at_random
                            ? choose_locked(class, map, word, words)
                            : (uint32_t)(word * 64 + (unsigned)__builtin_ctzl(map[word]));
        map[slot / 64] &= ~((uint64_t)1 << slot % 64);
        prepare(slab, slot);
        slots[taken++] = slots_start(slab, slot);
    }
    slab->slab.first_free = (uint32_t)word;
    slab->slab.free_slots -= (uint32_t)taken;
    return taken;
}

size_t slab_take(unsigned size_class, uintptr_t *slots, size_t most, slab_prepare *prepare)
{
    struct class_state *class = &classes[size_class];
    lock_acquire(&class->lock);
    struct granule *slab = class->partial ? &arena.granules[class->partial - 1] : NULL;
    if (!slab) {
        slab = slab_create(size_class);
        if (slab) {
            class->spares++;
            link_locked(class, slab);
        }
    }
    size_t taken = 0;
    if (slab) {
        class->spares -= slab->slab.free_slots == slab->slots.count;
        taken = take_from_locked(class, slab, slots, most, prepare);
        if (slab->slab.free_slots == 0) {
            unlink_locked(class, slab);
        }
    }
    lock_release(&class->lock);
    return taken;
}

static void put_slot_locked(struct class_state *class, struct granule *slab, uintptr_t slot)
{
    uint32_t index = slots_index_at(slab, slot);
    uint64_t bit = (uint64_t)1 << index % 64;
    INVARIANT(index < slab->slots.count && !(slab->slab.free_map[index / 64] & bit));
    slab->slab.free_map[index / 64] |= bit;
    slab->slab.free_slots++;
    if (index / 64 < slab->slab.first_free) {
        slab->slab.first_free = index / 64;
    }
    if (!slab->listed) {
        link_locked(class, slab);
    }
}

struct granule *slab_put(unsigned size_class, const uintptr_t *slots, size_t count, size_t *done)
{
    struct class_state *class = &classes[size_class];
    struct granule *emptied = NULL;
    size_t i = 0;
    lock_acquire(&class->lock);
    while (i < count && !emptied) {
        struct granule *slab = run_head(slots[i]);
        INVARIANT(slab && slab->size_class == size_class);
        put_slot_locked(class, slab, slots[i++]);
        if (slab->slab.free_slots == slab->slots.count && ++class->spares > SPARE_SLABS) {
            class->spares--;
            unlink_locked(class, slab);
            emptied = slab;
        }
    }
    lock_release(&class->lock);
    *done = i;
    return emptied;
}

struct granule *slab_take_spare(unsigned size_class)
{
    struct class_state *class = &classes[size_class];
    struct granule *found = NULL;
    lock_acquire(&class->lock);
    for (uint32_t at = class->spares ? class->partial : 0; at && !found;) {
        struct granule *slab = &arena.granules[at - 1];
        at = slab->next;
        if (slab->slab.free_slots == slab->slots.count) {
            class->spares--;
            unlink_locked(class, slab);
            found = slab;
        }
    }
    lock_release(&class->lock);
    return found;
}
