#include "inspect/mark.h"

#include <string.h>

#include "base/align.h"
#include "os/pages.h"
#include "os/peek.h"

enum {
    COPY_BYTES = 64 * 1024,
    LARGE_BYTES = 1024 * 1024, /* from here on it pays to ask which pages of a block were used */
    CACHE_LINE = 64,
    PENDING_AHEAD = 4, /* blocks of a run that are on their way from memory */
};

#define PENDING_IN_EIGHT (UINT64_C(0x0101010101010101) * CENSUS_PENDING)

bool marker_start(struct marker *marker, struct census *census, struct interior_places *places,
                  const struct ranges *closed, bool careful)
{
    *marker = (struct marker){
        .census = census,
        .places = places,
        .careful = careful,
        .closed = closed,
        .queue_bytes = align_up((census->granules + 1) * sizeof(struct queued_run), OS_PAGE),
    };
    marker->queue = os_pages_map(marker->queue_bytes);
    marker->copy = os_pages_map(COPY_BYTES);
    if (!marker->queue || !marker->copy) {
        if (marker->queue) {
            os_pages_unmap(marker->queue, marker->queue_bytes);
        }
        if (marker->copy) {
            os_pages_unmap(marker->copy, COPY_BYTES);
        }
        return false;
    }
    os_touched_open(&marker->touched);
    return true;
}

void marker_end(struct marker *marker)
{
    os_touched_close(&marker->touched);
    os_pages_unmap(marker->queue, marker->queue_bytes);
    os_pages_unmap(marker->copy, COPY_BYTES);
}

void marker_each_range(const struct marker *marker,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    visit(context, (uintptr_t)marker->queue, (uintptr_t)marker->queue + marker->queue_bytes);
    visit(context, (uintptr_t)marker->copy, (uintptr_t)marker->copy + COPY_BYTES);
}

static void enqueue(struct marker *marker, uint32_t head, uint32_t slot)
{
    struct queued_run *run = &marker->queue[head];
    if (run->low < run->high) { /* queued already */
        run->low = slot < run->low ? slot : run->low;
        run->high = slot >= run->high ? slot + 1 : run->high;
        return;
    }
    *run = (struct queued_run){.low = slot, .high = slot + 1};
    if (marker->last) {
        marker->queue[marker->last - 1].next = head + 1;
    } else {
        marker->first = head + 1;
    }
    marker->last = head + 1;
}

static void note_trail(struct trail *trail, uint32_t slot, uintptr_t word, uintptr_t place)
{
    trail->from[slot] = place && trail->in_roots ? place | 1 : place;
    trail->into[slot] = word;
    trail->order[trail->reached++] = word;
}

static void make_pending(struct marker *marker, const struct stretch *stretch, uint32_t slot)
{
    marker->census->state[slot] |= CENSUS_PENDING;
    enqueue(marker, stretch->head, slot);
}

static void raise(struct marker *marker, const struct stretch *stretch, uint32_t slot,
                  size_t size_bytes)
{
    census_set_level(marker->census, slot, marker->rule.to);
    marker->blocks++;
    marker->bytes += size_bytes;
    if (LIKELY(!marker->trail)) {
        make_pending(marker, stretch, slot);
    }
}

/* The program can protect pages of its blocks, whole pages of course. */
static bool may_be_closed(const struct marker *marker, uintptr_t start, uintptr_t end)
{
    bool has_page = align_up(start, OS_PAGE) + OS_PAGE <= end;
    return UNLIKELY(has_page) && (marker->closed->full || ranges_touch(marker->closed, start, end));
}

/* The word leads into the middle of a slot, or the block's size matters. */
static NOINLINE void resolve_closely(struct marker *marker, uintptr_t word, uintptr_t place,
                                     uint32_t slot)
{
    const struct stretch *stretch = census_stretch(marker->census, word);
    struct resident block;
    census_resident(marker->census, stretch, slot, &block);
    uintptr_t offset = word - block.address;
    if (offset > 0 && offset >= block.size_bytes) {
        return; /* into the canary */
    }
    bool is_start = offset == 0 || !marker->rule.tells_interior || marker->careful ||
                    may_be_closed(marker, block.address, block.address + block.size_bytes) ||
                    interior_is_explained(marker->places, &block, word);
    unsigned level = 1u << census_level(marker->census, slot);
    if (is_start) {
        raise(marker, stretch, slot, block.size_bytes);
        if (marker->trail) {
            note_trail(marker->trail, slot, word, place);
        }
    } else if (marker->rule.touches & level) {
        census_set_level(marker->census, slot, CENSUS_TOUCHED);
    }
}

static void resolve(struct marker *marker, uintptr_t word, uintptr_t place)
{
    uint32_t slot = census_slot(marker->census, word);
    uint8_t state = marker->census->state[slot];
    bool left_out = marker->rule.leaves_out_old && (state & CENSUS_OLD);
    if (!(marker->rule.raises >> (state & CENSUS_LEVEL_MASK) & 1) || left_out) {
        return;
    }
    const struct stretch *stretch = census_stretch(marker->census, word);
    uintptr_t start =
        stretch->first_slot + (uintptr_t)(slot - stretch->first) * stretch->slot_bytes;
    if (word == start && marker->rule.tells_interior && !(state & CENSUS_DISPLACED)) {
        raise(marker, stretch, slot, 0); /* nobody wants the sizes of reached blocks */
    } else {
        resolve_closely(marker, word, place, slot);
    }
}

static ALWAYS_INLINE void mark_word_at(struct marker *marker, uintptr_t word, uintptr_t place)
{
    uint32_t slot = census_slot(marker->census, word);
    if (slot == CENSUS_NOBODY) {
        return;
    }
    __builtin_prefetch(&marker->census->state[slot], 1);
    unsigned at = marker->word_next++ % MARK_WORDS_AHEAD;
    uintptr_t oldest = marker->word[at], oldest_place = marker->place[at];
    marker->word[at] = word;
    marker->place[at] = place;
    if (oldest) {
        resolve(marker, oldest, oldest_place);
    }
}

void mark_word(struct marker *marker, uintptr_t word)
{
    mark_word_at(marker, word, 0);
}

void mark_block(struct marker *marker, uint32_t slot, uintptr_t address)
{
    raise(marker, census_stretch(marker->census, address), slot, 0);
    if (marker->trail) {
        note_trail(marker->trail, slot, address, 0);
    }
}

void mark_contents_of(struct marker *marker, uint32_t slot, uintptr_t address)
{
    make_pending(marker, census_stretch(marker->census, address), slot);
}

void mark_user_of(struct marker *marker, uintptr_t word)
{
    struct resident block;
    if (census_find(marker->census, word, &block) &&
        (marker->rule.raises >> census_level(marker->census, block.slot) & 1)) {
        mark_block(marker, block.slot, word);
    }
}

/* Reads anything, whatever its type and whoever else may be writing to it. */
__attribute__((no_sanitize("address", "thread"))) void mark_words(struct marker *marker,
                                                                  uintptr_t start, uintptr_t end)
{
    typedef uintptr_t __attribute__((may_alias)) any_word;
    const uintptr_t heap = marker->census->start, bytes = marker->census->bytes;
    const volatile any_word *last = (const volatile any_word *)align_down(end, sizeof(uintptr_t));
    for (const volatile any_word *p = (const volatile any_word *)align_up(start, sizeof(uintptr_t));
         p < last; p++) {
        uintptr_t word = *p;
        if (UNLIKELY(word - heap < bytes)) {
            mark_word_at(marker, word, (uintptr_t)p + marker->shift);
        }
    }
}

static void mark_copied(void *context, uintptr_t start, uintptr_t end)
{
    struct marker *marker = context;
    uintptr_t at = align_up(start, sizeof(uintptr_t));
    while (at < end) {
        size_t wanted = end - at < COPY_BYTES ? end - at : COPY_BYTES;
        size_t got = os_peek(at, marker->copy, wanted);
        marker->shift = at - (uintptr_t)marker->copy;
        mark_words(marker, (uintptr_t)marker->copy, (uintptr_t)marker->copy + got);
        marker->shift = 0;
        at = got == wanted ? at + got : align_down(at + got, OS_PAGE) + OS_PAGE;
    }
}

void mark_range(struct marker *marker, uintptr_t start, uintptr_t end, bool written)
{
    os_touched_each(&marker->touched, start, end, written, mark_copied, marker);
}

/* All of the slot: what is not the block's is canary, no byte of which is zero, and so no pointer.
 * That saves a look at the record, which is far away. Only what does not begin with its slot may be
 * surrounded by pages that cannot be read. */
static void look_into(struct marker *marker, const struct stretch *stretch, uint32_t slot)
{
    uintptr_t start =
        stretch->first_slot + (uintptr_t)(slot - stretch->first) * stretch->slot_bytes;
    uintptr_t end = start + (stretch->slot_bytes > 0 ? stretch->slot_bytes : stretch->extent);
    if (UNLIKELY(marker->census->state[slot] & CENSUS_DISPLACED)) {
        struct resident block;
        census_resident(marker->census, stretch, slot, &block);
        start = block.address;
        end = start + block.size_bytes;
    }
    if (end - start >= LARGE_BYTES) {
        mark_range(marker, start, end, false);
    } else if (marker->careful || may_be_closed(marker, start, end)) {
        mark_copied(marker, start, end);
    } else {
        mark_words(marker, start, end);
    }
}

static void fetch(const struct stretch *stretch, uint32_t slot)
{
    uintptr_t start =
        stretch->first_slot + (uintptr_t)(slot - stretch->first) * stretch->slot_bytes;
    __builtin_prefetch((const void *)start);
    if (stretch->slot_bytes > CACHE_LINE) {
        __builtin_prefetch((const void *)(start + CACHE_LINE));
    }
}

/* The first pending slot from `slot` on, or `high`. */
static uint32_t next_pending(const struct census *census, uint32_t slot, uint32_t high)
{
    while (slot < high) {
        uint64_t eight;
        memcpy(&eight, &census->state[slot], sizeof eight);
        eight &= PENDING_IN_EIGHT;
        if (eight != 0) {
            slot += (uint32_t)__builtin_ctzll(eight) / 8;
            return slot < high ? slot : high;
        }
        slot += 8;
    }
    return high;
}

static void look_into_run(struct marker *marker, const struct stretch *stretch, uint32_t low,
                          uint32_t high)
{
    uint32_t ahead[PENDING_AHEAD];
    unsigned count = 0, next = 0;
    for (uint32_t slot = low; count > 0 || slot < high;) {
        slot = next_pending(marker->census, slot, high);
        if (slot < high && count < PENDING_AHEAD) {
            marker->census->state[slot] &= (uint8_t)~CENSUS_PENDING;
            fetch(stretch, slot);
            ahead[(next + count++) % PENDING_AHEAD] = slot++;
        } else if (count > 0) {
            look_into(marker, stretch, ahead[next++ % PENDING_AHEAD]);
            count--;
        }
    }
}

/* While this run is looked into, what the next one begins with is fetched. */
static void look_into_first_run(struct marker *marker)
{
    uint32_t head = marker->first - 1;
    struct queued_run run = marker->queue[head];
    marker->first = run.next;
    if (run.next) {
        fetch(&marker->census->stretch[run.next - 1], marker->queue[run.next - 1].low);
    } else {
        marker->last = 0;
    }
    marker->queue[head] = (struct queued_run){0};
    look_into_run(marker, &marker->census->stretch[head], run.low, run.high);
}

/* Nothing else is left to do meanwhile (a list is followed): so what these words will need is
 * fetched all at once, and not one after the other. */
static void fetch_waiting(const struct marker *marker, unsigned used)
{
    for (unsigned i = 0; i < used; i++) {
        uint32_t slot = census_slot(marker->census, marker->word[i]);
        fetch(census_stretch(marker->census, marker->word[i]), slot);
    }
}

static void resolve_waiting(struct marker *marker)
{
    enum { FEW = 8 };
    unsigned used = marker->word_next < MARK_WORDS_AHEAD ? marker->word_next : MARK_WORDS_AHEAD;
    if (used <= FEW) {
        fetch_waiting(marker, used);
    }
    for (unsigned i = 0; i < used; i++) { /* from the oldest on */
        unsigned at = (marker->word_next - used + i) % MARK_WORDS_AHEAD;
        resolve(marker, marker->word[at], marker->place[at]);
        marker->word[at] = 0;
    }
    marker->word_next = 0;
}

void mark_resolve(struct marker *marker)
{
    resolve_waiting(marker);
}

static void look_into_reached(struct marker *marker)
{
    struct trail *trail = marker->trail;
    while (trail->looked_into < trail->reached) {
        uintptr_t address = trail->order[trail->looked_into++];
        look_into(marker, census_stretch(marker->census, address),
                  census_slot(marker->census, address));
        if (trail->looked_into == trail->reached) {
            resolve_waiting(marker);
        }
    }
}

void mark_all_pending(struct marker *marker)
{
    if (marker->trail) {
        resolve_waiting(marker);
        look_into_reached(marker);
        return;
    }
    do {
        while (marker->first) {
            look_into_first_run(marker);
        }
        if (marker->word_next) {
            resolve_waiting(marker);
        }
    } while (marker->first);
}
