#include "alloc/guard_hit.h"

#include "alloc/guard_open.h"
#include "alloc/guarded_damage.h"
#include "alloc/large_guards.h"
#include "alloc/large_hit.h"
#include "alloc/ref.h"
#include "base/align.h"
#include "heap/guarded.h"
#include "os/pages.h"

/* Of an access so near to a block no other one is asked about. */
enum { BEYOND_DOUBT_BYTES = 64 };

/* A block beside the address. */
struct candidate {
    bool used; /* there is or was one */
    bool live;
    size_t distance; /* from its nearest byte */
    enum finding_kind kind;
    struct ref ref;
};

static struct candidate consider(struct granule *run, uint32_t slot, uintptr_t address)
{
    struct candidate candidate = {0};
    if (slot >= run->slots.count) {
        return candidate;
    }
    ref_of_guarded(run, slot, &candidate.ref);
    enum record_state state = record_state(candidate.ref.record);
    uintptr_t start = candidate.ref.start, end = start + candidate.ref.size;
    candidate.used = state != RECORD_NEVER;
    candidate.live = state == RECORD_LIVE || state == RECORD_BUSY;
    candidate.distance = address < start ? start - address : address - end;
    candidate.kind = !candidate.live   ? FINDING_USE_AFTER_FREE
                     : address < start ? FINDING_UNDERFLOW
                                       : FINDING_OVERFLOW;
    return candidate;
}

static bool is_likelier(const struct candidate *one, const struct candidate *other)
{
    if (one->used != other->used) {
        return one->used;
    }
    if (one->live != other->live) {
        return one->live;
    }
    return one->distance <= other->distance;
}

static bool name(struct guard_hit *hit, const struct candidate *block,
                 const struct candidate *other)
{
    if (!block->used) {
        return false;
    }
    hit->kind = block->kind;
    hit->offset = (ptrdiff_t)(hit->address - block->ref.start);
    hit->is_opened = guarded_has(block->ref.run, block->ref.slot, GUARDED_HIT);
    ref_info(&block->ref, &hit->block);
    if (other && other->live && block->distance > BEYOND_DOUBT_BYTES) {
        hit->has_neighbour = true;
        ref_info(&other->ref, &hit->neighbour);
    }
    return true;
}

/* In closed pages: those of a released block, or of none yet, which only a block before them that
 * is overrun by more than a page can be the reason of. */
static bool hit_data(struct guard_hit *hit, struct granule *run, uint32_t slot)
{
    struct candidate here = consider(run, slot, hit->address);
    struct candidate before = {0};
    if (slot > 0) {
        before = consider(run, slot - 1, hit->address);
    }
    if (here.live) {
        return false;
    }
    hit->pages = slots_start(run, slot);
    hit->pages_bytes = guarded_data_bytes(run);
    hit->is_data = here.used;
    bool inside = here.used && hit->address - here.ref.start < here.ref.size;
    return here.used ? name(hit, &here, inside ? NULL : &before) : name(hit, &before, NULL);
}

bool guarded_hit(uintptr_t address, struct guard_hit *out)
{
    struct granule *run = run_head(address);
    *out = (struct guard_hit){.address = address};
    if (run && granule_kind(run) == GRANULE_LARGE) {
        return large_hit(run, out);
    }
    if (!run || granule_kind(run) != GRANULE_GUARDED) {
        return false;
    }
    uint32_t slot = slots_index_at(run, address);
    uintptr_t data = slots_start(run, slot);
    if (slot >= run->slots.count) {
        return false;
    }
    if (address >= data && address < data + guarded_data_bytes(run)) {
        return hit_data(out, run, slot);
    }
    out->pages = address & ~(OS_PAGE - 1);
    out->pages_bytes = OS_PAGE;
    bool first = address < data;
    struct candidate left = {0}, right = consider(run, first ? slot : slot + 1, address);
    if (!first) {
        left = consider(run, slot, address);
    }
    return is_likelier(&left, &right) ? name(out, &left, &right) : name(out, &right, &left);
}

bool guarded_hit_canary(struct guard_hit *hit, uintptr_t *first, uintptr_t *last_end)
{
    enum { ALIGNMENTS = 16 }; /* what stands between by alignment alone is shorter */
    struct ref ref;
    if (hit->is_data || (hit->kind != FINDING_OVERFLOW && hit->kind != FINDING_UNDERFLOW) ||
        !ref_find(hit->block.address, &ref) || !guarded_judges(&ref)) {
        return false;
    }
    bool in_front = hit->kind == FINDING_UNDERFLOW;
    if (!guarded_find_damage(&ref, in_front, first, last_end)) {
        return false;
    }
    size_t slack = in_front ? ref.start - ref.front : ref.end - (ref.start + ref.size);
    hit->spares_canary =
        slack >= ALIGNMENTS && (in_front ? *first != ref.front : *last_end != ref.end);
    return !hit->spares_canary;
}

static void mark(const struct block_info *block, bool is_read)
{
    struct ref ref;
    if (ref_find(block->address, &ref) && ref_is_guarded(&ref)) {
        guarded_set(ref.run, ref.slot, GUARDED_HIT | (is_read ? 0 : GUARDED_TOLD));
    }
}

bool guarded_open(const struct guard_hit *hit)
{
    struct granule *run = run_head(hit->pages);
    if (run && granule_kind(run) == GRANULE_LARGE) {
        return large_reopen(run, hit);
    }
    if (!run || granule_kind(run) != GRANULE_GUARDED) {
        return false;
    }
    if (!guard_open_slot(run, hit)) {
        return false;
    }
    mark(&hit->block, hit->is_read || hit->spares_canary);
    if (hit->has_neighbour) {
        mark(&hit->neighbour, hit->is_read || hit->spares_canary);
    }
    return true;
}

/* Of a text whose end is not known only the first byte beyond the block is, or of a released one
 * the first at all: the guard behind reads as zero and ends it. What is written to a canary only
 * leaves the rest of it to be looked at. */
void guarded_let_through(const struct block_info *block, uintptr_t first, size_t bytes,
                         bool is_read)
{
    enum { BYTES_MOST = 64 * 1024 * 1024 };
    struct ref ref;
    if (!ref_find(block->address, &ref) || !guarded_judges(&ref)) {
        return;
    }
    uintptr_t end = first + (bytes < BYTES_MOST ? bytes : BYTES_MOST);
    bool within = record_state(ref.record) == RECORD_LIVE && first >= ref.front && end <= ref.end;
    if (!is_read && within) {
        guarded_note_known(&ref);
        return;
    }
    if (!is_read) {
        guarded_note_told(&ref);
    }
    bool is_text = bytes == 1 && record_state(ref.record) == RECORD_FREED;
    if ((is_text || first >= ref.start + ref.size) && end <= ref.end) {
        end = ref.end + 1;
    }
    for (uintptr_t page = align_down(first, OS_PAGE); page < end; page += OS_PAGE) {
        struct guard_hit hit;
        bool closed = guarded_hit(page, &hit);
        hit.is_read = is_read;
        if (closed && !guarded_open(&hit)) {
            return; /* then that page stops it, and tells it again */
        }
    }
}
