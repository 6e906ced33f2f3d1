#include "inspect/groups.h"

#include "base/align.h"
#include "base/hash.h"
#include "base/sort.h"
#include "os/pages.h"

enum { FEWEST_SLOTS = 256 };

static size_t table_bytes(size_t capacity)
{
    return align_up(capacity * sizeof(struct leak_group), OS_PAGE);
}

/* The group of a stack and kind, or the free slot where it belongs. */
static struct leak_group *slot_of(const struct groups *groups, uint32_t alloc_stack,
                                  enum leak_kind kind)
{
    size_t at = hash_mix((uint64_t)kind << 32 | alloc_stack) & (groups->capacity - 1);
    while (groups->slot[at].blocks > 0 &&
           (groups->slot[at].alloc_stack != alloc_stack || groups->slot[at].kind != kind)) {
        at = (at + 1) & (groups->capacity - 1);
    }
    return &groups->slot[at];
}

static bool grow(struct groups *groups)
{
    struct groups wider = {
        .count = groups->count,
        .capacity = groups->capacity > 0 ? 2 * groups->capacity : FEWEST_SLOTS,
    };
    wider.slot = os_pages_map(table_bytes(wider.capacity));
    if (!wider.slot) {
        return false;
    }
    for (size_t i = 0; i < groups->capacity; i++) {
        const struct leak_group *group = &groups->slot[i];
        if (group->blocks > 0) {
            *slot_of(&wider, group->alloc_stack, group->kind) = *group;
        }
    }
    groups_drop(groups);
    *groups = wider;
    return true;
}

bool groups_add(struct groups *groups, enum leak_kind kind, const struct resident *leader,
                uint64_t indirect_blocks, uint64_t indirect_bytes)
{
    if (groups->count * 4 >= groups->capacity * 3 && !grow(groups)) {
        return false;
    }
    struct leak_group *group = slot_of(groups, leader->record->alloc_stack, kind);
    if (group->blocks == 0) {
        groups->count++;
        *group = (struct leak_group){
            .alloc_stack = leader->record->alloc_stack,
            .kind = kind,
            .example = leader->address,
        };
    }
    group->blocks++;
    group->bytes += leader->size_bytes;
    group->indirect_blocks += indirect_blocks;
    group->indirect_bytes += indirect_bytes;
    return true;
}

/* The most bytes first; among equals, the order of the heap, so that reports repeat. */
static bool comes_first(const void *left, const void *right)
{
    const struct leak_group *a = left, *b = right;
    uint64_t bytes_a = a->bytes + a->indirect_bytes, bytes_b = b->bytes + b->indirect_bytes;
    return bytes_a != bytes_b ? bytes_a > bytes_b : a->example < b->example;
}

void groups_settle(struct groups *groups)
{
    size_t count = 0;
    for (size_t i = 0; i < groups->capacity; i++) {
        if (groups->slot[i].blocks > 0) {
            groups->slot[count++] = groups->slot[i];
        }
    }
    sort(groups->slot, count, sizeof *groups->slot, comes_first);
}

void groups_drop(struct groups *groups)
{
    if (groups->slot) {
        os_pages_unmap(groups->slot, table_bytes(groups->capacity));
    }
    *groups = (struct groups){0};
}
