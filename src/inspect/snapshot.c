#include "inspect/snapshot.h"

#include "alloc/lookup.h"
#include "base/hash.h"
#include "base/sort.h"
#include "os/own.h"

enum { FIRST_ROOM = 256 }; /* a power of two */

/* While it is filled, `age` is a hash table: free where `blocks` is 0. */
struct filling {
    struct snapshot *snapshot;
    bool failed;
};

static struct snapshot_age *slot_of(const struct snapshot *snapshot, uint32_t alloc_stack,
                                    uint32_t generation)
{
    size_t mask = snapshot->room - 1;
    size_t at = hash_mix((uint64_t)generation << 32 | alloc_stack) & mask;
    while (snapshot->age[at].blocks > 0 && (snapshot->age[at].alloc_stack != alloc_stack ||
                                            snapshot->age[at].generation != generation)) {
        at = (at + 1) & mask;
    }
    return &snapshot->age[at];
}

static bool has_room(struct snapshot *snapshot)
{
    if (snapshot->count < snapshot->room / 4 * 3) {
        return true;
    }
    struct snapshot wider = *snapshot;
    wider.room = snapshot->room > 0 ? 2 * snapshot->room : FIRST_ROOM;
    wider.age = own_alloc(wider.room * sizeof *wider.age);
    if (!wider.age) {
        return false;
    }
    for (size_t i = 0; i < snapshot->room; i++) {
        const struct snapshot_age *age = &snapshot->age[i];
        if (age->blocks > 0) {
            *slot_of(&wider, age->alloc_stack, age->generation) = *age;
        }
    }
    own_free(snapshot->age, snapshot->room * sizeof *snapshot->age);
    *snapshot = wider;
    return true;
}

static void count(void *context, const struct block_info *block)
{
    struct filling *filling = context;
    struct snapshot *snapshot = filling->snapshot;
    if (filling->failed || !has_room(snapshot)) {
        filling->failed = true;
        return;
    }
    struct snapshot_age *age = slot_of(snapshot, block->alloc_stack, block->generation);
    snapshot->count += age->blocks == 0;
    age->alloc_stack = block->alloc_stack;
    age->generation = block->generation;
    age->blocks++;
    age->bytes += block->size_bytes;
}

static bool comes_first_by_stack(const void *left, const void *right)
{
    const struct snapshot_age *a = left, *b = right;
    return a->alloc_stack != b->alloc_stack ? a->alloc_stack < b->alloc_stack
                                            : a->generation < b->generation;
}

static bool comes_first(const void *left, const void *right)
{
    const struct snapshot_age *a = left, *b = right;
    return a->site_bytes != b->site_bytes ? a->site_bytes > b->site_bytes
                                          : comes_first_by_stack(left, right);
}

static void sum_up(struct snapshot *snapshot)
{
    for (size_t from = 0, to; from < snapshot->count; from = to) {
        uint64_t bytes = 0;
        for (to = from; to < snapshot->count &&
                        snapshot->age[to].alloc_stack == snapshot->age[from].alloc_stack;
             to++) {
            bytes += snapshot->age[to].bytes;
        }
        for (size_t i = from; i < to; i++) {
            snapshot->age[i].site_bytes = bytes;
        }
    }
}

bool snapshot_take(struct snapshot *out)
{
    *out = (struct snapshot){0};
    struct filling filling = {.snapshot = out};
    block_each(BLOCK_LIVE, count, &filling);
    if (filling.failed) {
        snapshot_free(out);
        return false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->room; i++) {
        if (out->age[i].blocks > 0) {
            out->age[kept++] = out->age[i];
        }
    }
    sort(out->age, out->count, sizeof *out->age, comes_first_by_stack);
    sum_up(out);
    sort(out->age, out->count, sizeof *out->age, comes_first);
    return true;
}

void snapshot_free(struct snapshot *snapshot)
{
    own_free(snapshot->age, snapshot->room * sizeof *snapshot->age);
    *snapshot = (struct snapshot){0};
}
