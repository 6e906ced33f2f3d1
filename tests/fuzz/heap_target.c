/* A stream of operations on the core, mistakes included. What each mistake must be told as is known
 * beforehand; anything else the heap says, or does not say, aborts. With FUZZ_GUARDED in the
 * environment every block stands at a guard page. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/allocate.h"
#include "alloc/guard_hit.h"
#include "alloc/lookup.h"
#include "core.h"
#include "os/probe.h"

enum {
    SLOTS = 64,
    QUARANTINE_BYTES = 32 * 1024,
    OFTEN_CHECKED_BYTES = 4096,
};

enum operation {
    OP_ALLOCATE,
    OP_RELEASE,
    OP_RESIZE,
    OP_OVERFLOW,
    OP_UNDERFLOW,
    OP_DOUBLE_RELEASE,
    OP_INTERIOR_RELEASE,
    OP_WILD_RELEASE,
    OP_WRONG_SIZE,
    OP_WRONG_FAMILY,
    OP_CHECK_ALL,
    OPERATIONS,
};

struct slot {
    unsigned char *at; /* NULL: never used in this input */
    size_t size;
    bool live;
    unsigned char mark; /* first and last byte of a live block */
};

struct stream {
    const uint8_t *data;
    size_t left;
};

static struct slot slots[SLOTS];

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

static unsigned take(struct stream *stream)
{
    if (stream->left == 0) {
        return 0;
    }
    stream->left--;
    return *stream->data++;
}

/* Mostly small; sizes around the limits of classes and pages come up. */
static size_t take_size(struct stream *stream)
{
    unsigned kind = take(stream), detail = take(stream);
    switch (kind % 8) {
    case 0:
        return detail * 16u;
    case 1:
        return 4096u + detail - 128u;
    case 2:
        return 32768u + detail - 128u;
    case 3:
        return detail * 2048u;
    default:
        return detail;
    }
}

static void mark_ends(struct slot *slot, unsigned char mark)
{
    slot->mark = mark;
    if (slot->size > 0) {
        slot->at[0] = mark;
        slot->at[slot->size - 1] = mark;
    }
}

static void ends_are_marked(const struct slot *slot)
{
    MUST(slot->size == 0 || (slot->at[0] == slot->mark && slot->at[slot->size - 1] == slot->mark));
}

/* A call that must tell `wanted` findings of that kind, and no other. */
struct promise {
    enum finding_kind kind;
    unsigned long of_kind, all;
};

static struct promise promise(enum finding_kind kind)
{
    return (struct promise){kind, core_findings(kind), core_all_findings()};
}

static void told_exactly(const struct promise *before, unsigned long wanted)
{
    MUST(core_findings(before->kind) - before->of_kind == wanted);
    MUST(core_all_findings() - before->all == wanted);
}

static void release_as(struct slot *slot, const struct release *how)
{
    struct call_site site = CALL_SITE();
    block_release(slot->at, how, &site);
    slot->live = false;
}

static void release_quietly(struct slot *slot)
{
    struct promise none = promise(FINDING_OVERFLOW);
    ends_are_marked(slot);
    release_as(slot, &(struct release){.function = API_FREE});
    told_exactly(&none, 0);
}

static void allocate(struct slot *slot, struct stream *stream)
{
    struct call_site site = CALL_SITE();
    size_t size = take_size(stream);
    unsigned how = take(stream);
    size_t alignment = how % 4 == 0 ? (size_t)16 << (how / 4 % 9) : 16;
    bool zero = how % 4 == 1;
    struct promise none = promise(FINDING_OVERFLOW);
    slot->at = block_allocate(size, alignment, zero, API_MALLOC, &site);
    told_exactly(&none, 0);
    MUST(slot->at && (uintptr_t)slot->at % alignment == 0);
    slot->size = size;
    slot->live = true;
    for (size_t i = 0; zero && i < size; i++) {
        MUST(slot->at[i] == 0);
    }
    MUST(block_usable_size(slot->at) == size);
    mark_ends(slot, (unsigned char)how);
}

static void resize(struct slot *slot, struct stream *stream)
{
    struct call_site site = CALL_SITE();
    size_t size = take_size(stream) + 1;
    struct promise none = promise(FINDING_OVERFLOW);
    ends_are_marked(slot);
    unsigned char *at = block_resize(slot->at, size, API_REALLOC, &site);
    told_exactly(&none, 0);
    MUST(at && block_usable_size(at) == size);
    MUST(slot->size == 0 || at[0] == slot->mark);
    MUST(slot->size == 0 || size < slot->size || at[slot->size - 1] == slot->mark);
    slot->at = at;
    slot->size = size;
    mark_ends(slot, slot->mark);
}

/* An access there would be stopped, and taken for what it is. */
static bool is_guarded_at(const struct slot *slot, const unsigned char *bad, enum finding_kind kind)
{
    struct guard_hit hit;
    if (os_word_is_readable((uintptr_t)bad & ~(uintptr_t)7)) {
        return false;
    }
    MUST(guarded_hit((uintptr_t)bad, &hit) && hit.kind == kind && hit.offset == bad - slot->at);
    MUST(hit.block.address == (uintptr_t)slot->at && hit.block.size_bytes == slot->size);
    return true;
}

/* One byte behind the end is changed, found at the release. At the very end it can only be this
 * block's; further on, in the canary that two blocks share, the other may be blamed, but both are
 * named. */
static void overflow(struct slot *slot, unsigned distance)
{
    distance %= 7;
    if (is_guarded_at(slot, slot->at + slot->size + distance, FINDING_OVERFLOW)) {
        release_quietly(slot);
        return;
    }
    struct promise one = promise(FINDING_OVERFLOW);
    slot->at[slot->size + distance] ^= 0x11;
    release_as(slot, &(struct release){.function = API_FREE});
    const struct finding *told = &core_last_finding;
    uintptr_t address = (uintptr_t)slot->at;
    MUST(core_all_findings() - one.all == 1 && told->bad_bytes == 1);
    if (distance == 0 || told->block.address == address) {
        told_exactly(&one, 1);
        MUST(told->block.address == address);
        MUST(told->offset == (ptrdiff_t)(slot->size + distance));
    } else {
        MUST(told->has_neighbour && told->neighbour.address == address);
    }
}

static void underflow(struct slot *slot)
{
    if (is_guarded_at(slot, slot->at - 1, FINDING_UNDERFLOW)) {
        release_quietly(slot);
        return;
    }
    struct promise one = promise(FINDING_UNDERFLOW);
    slot->at[-1] ^= 0x11;
    release_as(slot, &(struct release){.function = API_FREE});
    told_exactly(&one, 1);
    MUST(core_last_finding.offset == -1 && core_last_finding.bad_bytes == 1);
}

static void double_release(struct slot *slot)
{
    struct block_info info;
    if (slot->live) {
        release_quietly(slot);
    }
    if (!block_find((uintptr_t)slot->at, &info) || info.state != BLOCK_FREED ||
        info.address != (uintptr_t)slot->at) {
        return; /* another block lies there by now */
    }
    struct promise one = promise(FINDING_DOUBLE_FREE);
    release_as(slot, &(struct release){.function = API_FREE});
    told_exactly(&one, 1);
}

static void interior_release(const struct slot *slot, unsigned where)
{
    struct call_site site = CALL_SITE();
    if (slot->size < 2) {
        return;
    }
    size_t offset = 1 + where % (slot->size - 1);
    struct promise one = promise(FINDING_INVALID_FREE);
    block_release(slot->at + offset, &(struct release){.function = API_FREE}, &site);
    told_exactly(&one, 1);
    MUST(core_last_finding.has_block && core_last_finding.offset == (ptrdiff_t)offset);
}

static void wild_release(struct stream *stream)
{
    struct call_site site = CALL_SITE();
    uintptr_t wild = 0;
    for (int i = 0; i < 8; i++) {
        wild = wild << 8 | take(stream);
    }
    struct block_info info;
    if (wild == 0 || (block_find(wild, &info) && info.address == wild)) {
        return;
    }
    struct promise one = promise(FINDING_INVALID_FREE);
    block_release((void *)wild, &(struct release){.function = API_FREE}, &site);
    told_exactly(&one, 1);
}

static void release_with_mismatch(struct slot *slot, const struct release *how)
{
    struct promise one = promise(FINDING_MISMATCH);
    release_as(slot, how);
    told_exactly(&one, 1);
}

static void check_all(void)
{
    struct promise none = promise(FINDING_OVERFLOW);
    MUST(block_check_all(DETECTED_API, NULL) == 0);
    told_exactly(&none, 0);
}

static void with_live_block(enum operation operation, struct slot *slot, struct stream *stream)
{
    switch (operation) {
    case OP_RELEASE:
        release_quietly(slot);
        break;
    case OP_RESIZE:
        resize(slot, stream);
        break;
    case OP_OVERFLOW:
        overflow(slot, take(stream));
        break;
    case OP_UNDERFLOW:
        underflow(slot);
        break;
    case OP_INTERIOR_RELEASE:
        interior_release(slot, take(stream));
        break;
    case OP_WRONG_SIZE:
        release_with_mismatch(slot, &(struct release){.function = API_FREE_SIZED,
                                                      .has_size = true,
                                                      .size = slot->size + 1 + take(stream)});
        break;
    case OP_WRONG_FAMILY:
        release_with_mismatch(slot, &(struct release){.function = API_DELETE});
        break;
    default:
        ends_are_marked(slot);
        break;
    }
}

static void act(struct stream *stream)
{
    enum operation operation = take(stream) % OPERATIONS;
    struct slot *slot = &slots[take(stream) % SLOTS];
    if (operation == OP_WILD_RELEASE) {
        wild_release(stream);
    } else if (operation == OP_CHECK_ALL) {
        check_all();
    } else if (operation == OP_DOUBLE_RELEASE && slot->at) {
        double_release(slot);
    } else if (slot->live) {
        with_live_block(operation, slot, stream);
    } else {
        allocate(slot, stream);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started) {
        core_guard = getenv("FUZZ_GUARDED") ? GUARD_ALL : GUARD_OFF;
        started = core_start(QUARANTINE_BYTES, CORE_ONE_FRAME);
        MUST(started);
    }
    struct stream stream = {data, size < OFTEN_CHECKED_BYTES ? size : OFTEN_CHECKED_BYTES};
    while (stream.left > 0) {
        act(&stream);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].live) {
            release_quietly(&slots[i]);
        }
        slots[i].at = NULL;
    }
    check_all();
    return 0;
}
