#include "inspect/nodes.h"

#include "alloc/lookup.h"
#include "alloc/stats.h"
#include "base/align.h"
#include "os/pages.h"

enum {
    GRANULE_SHIFT_LEAST = 16,
    GRANULES_MOST = 1 << 24, /* 128 MiB of address space for the index, touched only where blocks are */
    SPARE_NODES = 1024,      /* made by threads between the count and the stop */
    ATTEMPTS = 3,            /* the count can only grow meanwhile if threads could not be stopped */
    SHORT_SEARCH = 8,
};

static size_t node_table_bytes(const struct nodes *nodes)
{
    return align_up(nodes->capacity * sizeof *nodes->node, OS_PAGE);
}

static size_t granule_table_bytes(const struct nodes *nodes)
{
    return align_up(nodes->granule_count * sizeof *nodes->granule, OS_PAGE);
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

static size_t granule_of(const struct nodes *nodes, uintptr_t address)
{
    return (address - nodes->start) >> nodes->granule_shift;
}

static uintptr_t last_byte(const struct node *node)
{
    return node->address + node->size_bytes - 1;
}

static void fill_index(struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        size_t last = granule_of(nodes, last_byte(&nodes->node[i]));
        for (size_t g = granule_of(nodes, nodes->node[i].address); g <= last; g++) {
            if (nodes->granule[g].count++ == 0) {
                nodes->granule[g].first = (uint32_t)i;
            }
        }
    }
}

static bool build_index(struct nodes *nodes)
{
    uintptr_t low = nodes->count > 0 ? nodes->node[0].address : 0;
    uintptr_t high = nodes->count > 0 ? last_byte(&nodes->node[nodes->count - 1]) : 0;
    nodes->granule_shift = GRANULE_SHIFT_LEAST;
    while ((high - low) >> nodes->granule_shift >= GRANULES_MOST) {
        nodes->granule_shift++;
    }
    nodes->start = align_down(low, (size_t)1 << nodes->granule_shift);
    nodes->end = nodes->count > 0 ? high + 1 : nodes->start;
    nodes->granule_count = granule_of(nodes, high) + 1;
    nodes->granule = os_pages_map(granule_table_bytes(nodes));
    if (!nodes->granule) {
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
    os_pages_unmap(nodes->granule, granule_table_bytes(nodes));
    os_pages_unmap(nodes->node, node_table_bytes(nodes));
    *nodes = (struct nodes){0};
}

void nodes_each_range(const struct nodes *nodes,
                      void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    visit(context, (uintptr_t)nodes->node, (uintptr_t)nodes->node + node_table_bytes(nodes));
    visit(context, (uintptr_t)nodes->granule,
          (uintptr_t)nodes->granule + granule_table_bytes(nodes));
}

/* Of `count` nodes from `low` on, the last that starts at or before `address`; the first one does.
 * The neighbours of most blocks are of one size: guessing their place from the address is near the mark. */
static uint32_t search(const struct node *node, uint32_t low, uint32_t count, uintptr_t address)
{
    uint32_t high = low + count; /* beyond it, all start later */
    while (high - low > SHORT_SEARCH) {
        uintptr_t span = node[high - 1].address - node[low].address;
        uint64_t ahead = (uint64_t)(address - node[low].address) * (high - 1 - low);
        uint32_t guess = low + (uint32_t)(ahead / span);
        if (guess >= high - 1) {
            guess = high - 1;
        }
        if (node[guess].address > address) {
            high = guess;
        } else if (guess + 1 < high && node[guess + 1].address <= address) {
            low = guess + 1;
        } else {
            return guess;
        }
        uint32_t middle = low + (high - low) / 2; /* halve as well: no lay-out makes this slow */
        if (high - low > SHORT_SEARCH) {
            *(node[middle].address <= address ? &low : &high) = middle;
        }
    }
    while (low + 1 < high && node[low + 1].address <= address) {
        low++;
    }
    return low;
}

uint32_t nodes_find(const struct nodes *nodes, uintptr_t address)
{
    if (address - nodes->start >= nodes->end - nodes->start) {
        return NODE_NONE;
    }
    struct granule granule = nodes->granule[granule_of(nodes, address)];
    if (granule.count == 0 || nodes->node[granule.first].address > address) {
        return NODE_NONE;
    }
    uint32_t at = search(nodes->node, granule.first, granule.count, address);
    const struct node *found = &nodes->node[at];
    return address - found->address < found->size_bytes ? at : NODE_NONE;
}
