#include "stack/stored.h"

#include <stdatomic.h>
#include <stddef.h>

#include "stack/modules.h"
#include "stack/pcs.h"
#include "stack/store.h"

struct stored {
    _Atomic uint32_t view; /* its frames made readable, in words from the start of that area, plus
                              1; 0: not yet */
    uint8_t code[];
};

enum {
    UNIT = STORE_RECORD_UNIT, /* an id counts these, from 1 */
    MOST_CODE_BYTES = 5       /* of one number */
};

static atomic_uint given; /* the highest id */

static uint8_t *encode(uint8_t *at, uint32_t number)
{
    for (; number >= 0x80; number >>= 7) {
        *at++ = (uint8_t)(number | 0x80);
    }
    *at++ = (uint8_t)number;
    return at;
}

static const uint8_t *decode(const uint8_t *at, uint32_t *number)
{
    *number = 0;
    for (unsigned shift = 0;; shift += 7) {
        *number |= (uint32_t)(*at & 0x7f) << shift;
        if (!(*at++ & 0x80)) {
            return at;
        }
    }
}

static struct stored *stored_at(uint32_t id)
{
    return (struct stored *)(void *)(store_start(STORE_RECORDS) + (size_t)(id - 1) * UNIT);
}

uint32_t stored_write_locked(const uintptr_t *frames, uint32_t count, uint32_t epoch)
{
    static uint8_t code[(STACK_MOST_FRAMES + 2) * MOST_CODE_BYTES];
    uint8_t *end = encode(encode(code, epoch), count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number;
        if (!pcs_number_locked(frames[i], &number)) {
            return STACK_NONE;
        }
        end = encode(end, number);
    }
    struct stored *stored = store_take(STORE_RECORDS, sizeof *stored + (size_t)(end - code));
    if (!stored) {
        return STACK_NONE;
    }
    for (uint8_t *from = code, *to = stored->code; from < end; from++, to++) {
        *to = *from;
    }
    uint32_t id = (uint32_t)(((char *)stored - store_start(STORE_RECORDS)) / UNIT) + 1;
    atomic_store_explicit(&given, id, memory_order_release);
    return id;
}

/* Frames of a stored stack, one after another. */
struct reader {
    const uint8_t *at;
    uint32_t epoch, count;
};

static struct reader read_stored(const struct stored *stored)
{
    struct reader reader;
    reader.at = decode(decode(stored->code, &reader.epoch), &reader.count);
    return reader;
}

static uintptr_t next_frame(struct reader *reader)
{
    uint32_t number;
    reader->at = decode(reader->at, &number);
    return pcs_get(number);
}

bool stored_holds(uint32_t id, uint32_t epoch)
{
    struct reader reader = read_stored(stored_at(id));
    for (uint32_t i = 0; i < reader.count; i++) {
        uintptr_t address = stack_lookup_address(next_frame(&reader));
        if (module_find(address, reader.epoch) != module_find(address, epoch)) {
            return false;
        }
    }
    return true;
}

/* Two threads may do this at once: then the first one's is used. NULL when out of memory. */
static const uintptr_t *make_view(struct stored *stored, struct reader reader)
{
    uintptr_t *frames = store_take(STORE_VIEWS, reader.count * sizeof *frames);
    if (!frames) {
        return NULL;
    }
    for (uint32_t i = 0; i < reader.count; i++) {
        frames[i] = next_frame(&reader);
    }
    uintptr_t *start = (uintptr_t *)(void *)store_start(STORE_VIEWS);
    uint32_t unset = 0;
    atomic_compare_exchange_strong(&stored->view, &unset, (uint32_t)(frames - start) + 1);
    return frames;
}

struct stack_view stack_view(uint32_t id)
{
    if (id == STACK_NONE || id > atomic_load_explicit(&given, memory_order_acquire)) {
        return (struct stack_view){0};
    }
    struct stored *stored = stored_at(id);
    struct reader reader = read_stored(stored);
    uint32_t view = atomic_load_explicit(&stored->view, memory_order_acquire);
    const uintptr_t *start = (const uintptr_t *)(void *)store_start(STORE_VIEWS);
    const uintptr_t *frames = view != 0 ? start + (view - 1) : make_view(stored, reader);
    return (struct stack_view){frames, frames ? reader.count : 0, reader.epoch};
}
