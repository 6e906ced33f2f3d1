#include "report/wild.h"

#include "alloc/lookup.h"
#include "alloc/record_owner.h"
#include "base/strbuf.h"
#include "block/fill.h"
#include "inspect/address.h"
#include "report/words.h"

/* How far from a known value another one may be that was computed from it: a member of a large
 * object, an element of an array. */
enum { NEAR_BYTES = 64 * 1024, NEAR_BLOCK_BYTES = 16 * 1024 * 1024 };

static void plus(struct strbuf *out, uintptr_t distance)
{
    if (distance > 0) {
        strbuf_str(out, " plus ");
        words_bytes(out, distance);
    }
}

static void describe_place(struct strbuf *out, uintptr_t address, const struct block_info *block)
{
    words_place(out, (ptrdiff_t)(address - block->address), block->size_bytes, " of");
    strbuf_char(out, ' ');
    words_a_block(out, block);
}

/* The nearest blocks on both sides of an address that is in none. */
struct near {
    uintptr_t address;
    size_t below_bytes, above_bytes; /* how far away; NEAR_BLOCK_BYTES: none is nearer */
    struct block_info below, above;
};

static void look_near(void *context, const struct block_info *block)
{
    struct near *near = context;
    uintptr_t end = block->address + block->size_bytes;
    size_t below = near->address - end, above = block->address - near->address;
    if (end <= near->address && below < near->below_bytes) {
        near->below_bytes = below;
        near->below = *block;
    } else if (block->address > near->address && above < near->above_bytes) {
        near->above_bytes = above;
        near->above = *block;
    }
}

static bool is_in_heap(uintptr_t address)
{
    uintptr_t start, end;
    heap_range(&start, &end);
    return address >= start && address < end;
}

/* The nearer one is taken for the block that was meant. */
static void describe_near(struct told_death *told, struct strbuf *out)
{
    struct near near = {.address = told->death.fault.address,
                        .below_bytes = NEAR_BLOCK_BYTES,
                        .above_bytes = NEAR_BLOCK_BYTES};
    block_each(BLOCK_LIVE, look_near, &near);
    block_each(BLOCK_FREED, look_near, &near);
    bool below = near.below_bytes < NEAR_BLOCK_BYTES, above = near.above_bytes < NEAR_BLOCK_BYTES;
    told->has_block = below || above;
    if (below) {
        strbuf_str(out, ": ");
        describe_place(out, near.address, &near.below);
    }
    if (above) {
        strbuf_str(out, below ? ", " : ": ");
        describe_place(out, near.address, &near.above);
    }
    if (told->has_block) {
        told->block = near.below_bytes <= near.above_bytes ? near.below : near.above;
    }
}

bool wild_describe_record(struct strbuf *out, uintptr_t address, struct block_info *block)
{
    bool has_block = record_owner(address, block);
    strbuf_str(out, "in Coalmine's own records");
    if (has_block) {
        strbuf_str(out, ", in that of a ");
        words_block(out, block);
    }
    strbuf_str(out, ": a stray write, which was stopped (protect_records=on)");
    return has_block;
}

static void describe_address(struct told_death *told, struct strbuf *out)
{
    const struct death *death = &told->death;
    uintptr_t address = death->fault.address;
    if (death->fault.is_denied) {
        told->has_block = wild_describe_record(out, address, &told->block);
        return;
    }
    told->has_block = block_find(address, &told->block);
    if (death->stack_is_full) {
        strbuf_str(out, "beyond the end of this thread's stack, which is full (stack overflow)");
    } else if (told->has_block) {
        describe_place(out, address, &told->block);
    } else if (address < NEAR_BYTES) {
        strbuf_str(out, "the null pointer");
        plus(out, address);
    } else if (0 - address <= NEAR_BYTES) {
        strbuf_str(out, "the null pointer less ");
        words_bytes(out, 0 - address);
    } else {
        address_describe(out, address);
        if (is_in_heap(address)) {
            describe_near(told, out);
        }
    }
}

/* An access to no possible address: where a register holds what fresh or freed memory is filled
 * with, the pointer was read from there. */
static void describe_register(const struct os_fault *fault, struct strbuf *out)
{
    static const struct {
        uint64_t pattern;
        const char *words;
    } patterns[] = {{FILL_FREED, "freed memory"}, {FILL_FRESH, "memory that was never written to"}};
    for (unsigned i = 0; i < fault->register_count; i++) {
        for (unsigned k = 0; k < 2; k++) {
            uintptr_t distance = fault->registers[i].value - patterns[k].pattern;
            if (distance < NEAR_BYTES) {
                strbuf_printf(out, "register %s holds 0x%lx: what %s is filled with",
                              fault->registers[i].name, (unsigned long)fault->registers[i].value,
                              patterns[k].words);
                plus(out, distance);
                return;
            }
        }
    }
}

void wild_describe(struct told_death *told)
{
    const struct os_fault *fault = &told->death.fault;
    struct strbuf out;
    strbuf_init(&out, told->place, sizeof told->place);
    if (fault->has_address && fault->access != OS_FAULT_UNKNOWN) {
        describe_address(told, &out);
    } else if (fault->is_non_canonical) {
        strbuf_str(&out, "no address that memory can have");
    }
    strbuf_init(&out, told->hint, sizeof told->hint);
    if (fault->is_non_canonical) {
        describe_register(fault, &out);
    }
}
