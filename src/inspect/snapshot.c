#include "inspect/snapshot.h"

#include "alloc/lookup.h"
#include "base/hash.h"
#include "base/sort.h"
#include "os/own.h"

enum { FIRST_ROOM = 256 }; /* a power of two */

/* While it is filled, `site` is a hash table: free where `blocks` is 0. */
struct filling {
    struct snapshot *snapshot;
    bool failed;
};

static struct snapshot_site *slot_of(const struct snapshot *snapshot, uint32_t alloc_stack)
{
    size_t mask = snapshot->room - 1;
    size_t at = hash_mix(alloc_stack) & mask;
    while (snapshot->site[at].blocks > 0 && snapshot->site[at].alloc_stack != alloc_stack) {
        at = (at + 1) & mask;
    }
    return &snapshot->site[at];
}

static bool has_room(struct snapshot *snapshot)
{
    if (snapshot->count < snapshot->room / 4 * 3) {
        return true;
    }
    struct snapshot wider = *snapshot;
    wider.room = snapshot->room > 0 ? 2 * snapshot->room : FIRST_ROOM;
    wider.site = own_alloc(wider.room * sizeof *wider.site);
    if (!wider.site) {
        return false;
    }
    for (size_t i = 0; i < snapshot->room; i++) {
        if (snapshot->site[i].blocks > 0) {
            *slot_of(&wider, snapshot->site[i].alloc_stack) = snapshot->site[i];
        }
    }
    own_free(snapshot->site, snapshot->room * sizeof *snapshot->site);
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
    struct snapshot_site *site = slot_of(snapshot, block->alloc_stack);
    snapshot->count += site->blocks == 0;
    site->alloc_stack = block->alloc_stack;
    site->blocks++;
    site->bytes += block->size_bytes;
    snapshot->blocks++;
    snapshot->bytes += block->size_bytes;
}

static bool comes_first(const void *left, const void *right)
{
    const struct snapshot_site *a = left, *b = right;
    return a->bytes != b->bytes ? a->bytes > b->bytes : a->alloc_stack < b->alloc_stack;
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
        if (out->site[i].blocks > 0) {
            out->site[kept++] = out->site[i];
        }
    }
    sort(out->site, out->count, sizeof *out->site, comes_first);
    return true;
}

void snapshot_free(struct snapshot *snapshot)
{
    own_free(snapshot->site, snapshot->room * sizeof *snapshot->site);
    *snapshot = (struct snapshot){0};
}
