#include "inspect/nodes.h"

#include "alloc/lookup.h"
#include "alloc/stats.h"
#include "base/align.h"
#include "os/pages.h"

enum {
    BUCKET_SHIFT_LEAST = 16,
    BUCKETS_MOST = 1 << 24, /* 128 MiB for the index, touched only where blocks are */
    SPARE_NODES = 1024,     /* made by threads between the count and the stop */
    ATTEMPTS = 3,           /* the count can only grow meanwhile if threads could not be stopped */
};

static size_t node_table_bytes(const struct nodes *nodes)
{
    return align_up(nodes->capacity * sizeof *nodes->node, OS_PAGE);
}

static size_t bucket_table_bytes(const struct nodes *nodes)
{
    return align_up(nodes->bucket_count * sizeof *nodes->bucket, OS_PAGE);
}

static void add_block(void *context, const struct block_info *block)
{
    struct nodes *nodes = context;
    nodes->seen++;
    if (nodes->count < nodes->capacity) {
        nodes->node[nodes->count++] = (struct node){
            .address = block->address,
            .size_bytes = block->size_bytes > 0 ? block->size_bytes : 1,
        };
    }
}

static bool fill_table(struct nodes *nodes, size_t capacity)
{
    *nodes = (struct nodes){.capacity = capacity};
    nodes->node = capacity < NODE_NONE ? os_pages_map(node_table_bytes(nodes)) : NULL;
    if (!nodes->node) {
        return false;
    }
    block_each(BLOCK_LIVE, add_block, nodes);
    return true;
}

static bool list_blocks(struct nodes *nodes)
{
    size_t capacity = heap_stats().live_blocks + SPARE_NODES;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!fill_table(nodes, capacity)) {
            return false;
        }
        if (nodes->seen == nodes->count) {
            return true;
        }
        capacity = nodes->seen + nodes->seen / 8 + SPARE_NODES;
        os_pages_unmap(nodes->node, node_table_bytes(nodes));
    }
    return false;
}

static size_t bucket_of(const struct nodes *nodes, uintptr_t address)
{
    return (address - nodes->start) >> nodes->bucket_shift;
}

static uintptr_t last_byte(const struct node *node)
{
    return node->address + node->size_bytes - 1;
}

static void fill_index(struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        size_t last = bucket_of(nodes, last_byte(&nodes->node[i]));
        for (size_t g = bucket_of(nodes, nodes->node[i].address); g <= last; g++) {
            if (nodes->bucket[g].count++ == 0) {
                nodes->bucket[g].first = (uint32_t)i;
            }
        }
    }
}

static bool build_index(struct nodes *nodes)
{
    uintptr_t low = nodes->count > 0 ? nodes->node[0].address : 0;
    uintptr_t high = nodes->count > 0 ? last_byte(&nodes->node[nodes->count - 1]) : 0;
    nodes->bucket_shift = BUCKET_SHIFT_LEAST;
    while ((high - low) >> nodes->bucket_shift >= BUCKETS_MOST) {
        nodes->bucket_shift++;
    }
    nodes->start = align_down(low, (size_t)1 << nodes->bucket_shift);
    nodes->end = nodes->count > 0 ? high + 1 : nodes->start;
    nodes->bucket_count = bucket_of(nodes, high) + 1;
    nodes->bucket = os_pages_map(bucket_table_bytes(nodes));
    if (!nodes->bucket) {
        return false;
    }
    fill_index(nodes);
    return true;
}

bool nodes_build(struct nodes *nodes)
{
    if (!list_blocks(nodes)) {
        return false;
    }
    if (!build_index(nodes)) {
        os_pages_unmap(nodes->node, node_table_bytes(nodes));
        return false;
    }
    return true;
}

void nodes_drop(struct nodes *nodes)
{
    os_pages_unmap(nodes->bucket, bucket_table_bytes(nodes));
    os_pages_unmap(nodes->node, node_table_bytes(nodes));
    *nodes = (struct nodes){0};
}

void nodes_each_range(const struct nodes *nodes,
                      void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    visit(context, (uintptr_t)nodes->node, (uintptr_t)nodes->node + node_table_bytes(nodes));
    visit(context, (uintptr_t)nodes->bucket, (uintptr_t)nodes->bucket + bucket_table_bytes(nodes));
}

/* The neighbours of most blocks are of one size, so a block's place among those of its bucket
 * is near where its address is in the bucket. */
static uint32_t guess(const struct nodes *nodes, struct bucket bucket, uintptr_t address)
{
    uint64_t offset = (address - nodes->start) & (((uint64_t)1 << nodes->bucket_shift) - 1);
    return bucket.first + (uint32_t)(offset * bucket.count >> nodes->bucket_shift);
}

/* The last node between `low` and `high` (not included) that starts at or before `address`;
 * `low` does. */
static uint32_t halve(const struct node *node, uint32_t low, uint32_t high, uintptr_t address)
{
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (node[middle].address <= address) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The same for a bucket whose first node starts at or before `address`: from the guess on in
 * steps that double, then back in halves. */
static uint32_t search(const struct nodes *nodes, struct bucket bucket, uintptr_t address)
{
    const struct node *node = nodes->node;
    uint32_t low = bucket.first, high = bucket.first + bucket.count;
    uint32_t at = guess(nodes, bucket, address), step = 1;
    if (node[at].address <= address) {
        for (low = at; high - low > step && node[low + step].address <= address; step *= 2) {
            low += step;
        }
        return halve(node, low, high - low > step ? low + step : high, address);
    }
    for (high = at; high - low > step && node[high - step].address > address; step *= 2) {
        high -= step;
    }
    return halve(node, high - low > step ? high - step : low, high, address);
}

bool nodes_may_find(const struct nodes *nodes, uintptr_t address)
{
    if (address - nodes->start >= nodes->end - nodes->start) {
        return false;
    }
    struct bucket bucket = nodes->bucket[bucket_of(nodes, address)];
    if (bucket.count == 0) {
        return false;
    }
    __builtin_prefetch(&nodes->node[guess(nodes, bucket, address)], 1);
    return true;
}

uint32_t nodes_find(const struct nodes *nodes, uintptr_t address)
{
    if (address - nodes->start >= nodes->end - nodes->start) {
        return NODE_NONE;
    }
    struct bucket bucket = nodes->bucket[bucket_of(nodes, address)];
    if (bucket.count == 0 || nodes->node[bucket.first].address > address) {
        return NODE_NONE;
    }
    uint32_t at = search(nodes, bucket, address);
    const struct node *found = &nodes->node[at];
    return address - found->address < found->size_bytes ? at : NODE_NONE;
}
