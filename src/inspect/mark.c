#include "inspect/mark.h"

#include "base/align.h"
#include "os/pages.h"
#include "os/peek.h"

enum {
    COPY_BYTES = 64 * 1024,
    LARGE_BYTES = 1024 * 1024, /* from here on it pays to ask which pages of a block were used */
};

bool marker_start(struct marker *marker, struct nodes *nodes, bool careful)
{
    *marker = (struct marker){
        .nodes = nodes,
        .below = NODE_LED_TO,
        .to = NODE_REACHED,
        .careful = careful,
        .waiting_bytes = align_up((nodes->count + 1) * sizeof(uint32_t), OS_PAGE),
    };
    marker->waiting = os_pages_map(marker->waiting_bytes);
    marker->copy = os_pages_map(COPY_BYTES);
    if (!marker->waiting || !marker->copy) {
        if (marker->waiting) {
            os_pages_unmap(marker->waiting, marker->waiting_bytes);
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
    os_pages_unmap(marker->waiting, marker->waiting_bytes);
    os_pages_unmap(marker->copy, COPY_BYTES);
}

void marker_each_range(const struct marker *marker,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    visit(context, (uintptr_t)marker->waiting, (uintptr_t)marker->waiting + marker->waiting_bytes);
    visit(context, (uintptr_t)marker->copy, (uintptr_t)marker->copy + COPY_BYTES);
}

static void resolve(struct marker *marker, uintptr_t word)
{
    uint32_t at = nodes_find(marker->nodes, word);
    if (at == NODE_NONE) {
        return;
    }
    struct node *node = &marker->nodes->node[at];
    if (node->mark < marker->below) {
        node->mark = marker->to;
        marker->blocks++;
        marker->bytes += node->size_bytes;
        marker->waiting[marker->waiting_count++] = at;
    }
}

void mark_word(struct marker *marker, uintptr_t word)
{
    if (!nodes_may_find(marker->nodes, word)) {
        return;
    }
    uintptr_t *place = &marker->word[marker->word_next++ % MARK_WORDS_AHEAD];
    uintptr_t oldest = *place;
    *place = word;
    if (oldest) {
        resolve(marker, oldest);
    }
}

/* Reads anything, whatever its type and whoever else may be writing to it. */
__attribute__((no_sanitize("address", "thread"))) void mark_words(struct marker *marker,
                                                                  uintptr_t start, uintptr_t end)
{
    typedef uintptr_t __attribute__((may_alias)) any_word;
    const volatile any_word *last = (const volatile any_word *)align_down(end, sizeof(uintptr_t));
    for (const volatile any_word *p = (const volatile any_word *)align_up(start, sizeof(uintptr_t));
         p < last; p++) {
        uintptr_t word = *p;
        if (word - marker->nodes->start < marker->nodes->end - marker->nodes->start) {
            mark_word(marker, word);
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
        mark_words(marker, (uintptr_t)marker->copy, (uintptr_t)marker->copy + got);
        at = got == wanted ? at + got : align_down(at + got, OS_PAGE) + OS_PAGE;
    }
}

void mark_range(struct marker *marker, uintptr_t start, uintptr_t end, bool written)
{
    os_touched_each(&marker->touched, start, end, written, mark_copied, marker);
}

void mark_contents(struct marker *marker, uint32_t node)
{
    const struct node *block = &marker->nodes->node[node];
    uintptr_t end = block->address + block->size_bytes;
    if (block->size_bytes >= LARGE_BYTES) {
        mark_range(marker, block->address, end, false);
    } else if (marker->careful) {
        mark_copied(marker, block->address, end);
    } else {
        mark_words(marker, block->address, end);
    }
}

/* Takes a block in and the oldest one out, to be looked into. */
static void pass_block(struct marker *marker, uint32_t node)
{
    uint32_t *place = &marker->block[marker->block_next++ % MARK_BLOCKS_AHEAD];
    uint32_t oldest = *place;
    *place = node + 1;
    __builtin_prefetch((const void *)marker->nodes->node[node].address);
    if (oldest) {
        mark_contents(marker, oldest - 1);
    }
}

static void empty_queues(struct marker *marker)
{
    for (unsigned i = 0; i < MARK_BLOCKS_AHEAD; i++) {
        uint32_t *place = &marker->block[(marker->block_next + i) % MARK_BLOCKS_AHEAD];
        uint32_t node = *place;
        *place = 0;
        if (node) {
            mark_contents(marker, node - 1);
        }
    }
    for (unsigned i = 0; i < MARK_WORDS_AHEAD; i++) {
        uintptr_t *place = &marker->word[(marker->word_next + i) % MARK_WORDS_AHEAD];
        uintptr_t word = *place;
        *place = 0;
        if (word) {
            resolve(marker, word);
        }
    }
    marker->word_next = marker->block_next = 0;
}

void mark_all_waiting(struct marker *marker)
{
    do {
        while (marker->waiting_count > 0) {
            pass_block(marker, marker->waiting[--marker->waiting_count]);
        }
        if (marker->word_next | marker->block_next) {
            empty_queues(marker);
        }
    } while (marker->waiting_count > 0);
}
