#include "stack/store.h"

#include <stdatomic.h>

#include "base/align.h"
#include "os/keys.h"
#include "os/own.h"
#include "os/pages.h"

/* Tried in turn. */
static const size_t sizes[] = {(size_t)4 << 30, (size_t)64 << 20, (size_t)16 << 20,
                               (size_t)4 << 20};
static const unsigned quarters[STORE_AREAS + 1] = {0, 2, 3, 4}; /* where areas begin and end */
static const size_t units[STORE_AREAS] = {STORE_RECORD_UNIT, sizeof(uintptr_t), OS_PAGE};
enum { COMMIT_BYTES = 64 * 1024 };

struct area {
    atomic_size_t used;  /* bytes from its start */
    atomic_size_t ready; /* bytes from its start known to be accessible, multiple of COMMIT_BYTES */
};

static _Atomic(char *) reservation;  /* written once */
static atomic_size_t reserved_bytes; /* written before it */
static struct area areas[STORE_AREAS];

static char *reserve(size_t *bytes)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *at = os_pages_reserve(sizes[i], OS_PAGE);
        if (at) {
            *bytes = sizes[i];
            return at;
        }
    }
    return NULL;
}

/* Two threads may come here at once: the second gives its own reservation back, and waits for
 * nothing. */
static NOINLINE char *make_reservation(void)
{
    size_t bytes = 0;
    char *mine = reserve(&bytes);
    if (!mine) {
        return NULL;
    }
    size_t unset = 0;
    if (!atomic_compare_exchange_strong(&reserved_bytes, &unset, bytes)) {
        os_pages_unmap(mine, bytes);
        return atomic_load_explicit(&reservation, memory_order_acquire); /* NULL if not yet there */
    }
    own_add_range(mine, bytes);
    os_keys_cover(mine, bytes, false);
    atomic_store_explicit(&reservation, mine, memory_order_release);
    return mine;
}

char *store_start(enum store_area area)
{
    char *at = atomic_load_explicit(&reservation, memory_order_acquire);
    return at ? at + atomic_load(&reserved_bytes) / 4 * quarters[area] : NULL;
}

/* Access to all of an area's bytes up to `end`. Twice by two threads is no harm. */
static bool make_ready(enum store_area area, size_t end)
{
    size_t ready = atomic_load_explicit(&areas[area].ready, memory_order_acquire);
    if (LIKELY(end <= ready)) {
        return true;
    }
    size_t wanted = align_up(end, COMMIT_BYTES);
    if (!os_pages_commit(store_start(area) + ready, wanted - ready)) {
        return false;
    }
    while (ready < wanted && !atomic_compare_exchange_weak(&areas[area].ready, &ready, wanted)) {
    }
    return true;
}

void *store_take(enum store_area area, size_t bytes)
{
    if (!atomic_load_explicit(&reservation, memory_order_acquire) && !make_reservation()) {
        return NULL;
    }
    size_t rounded = align_up(bytes, units[area]);
    size_t room = atomic_load(&reserved_bytes) / 4 * (quarters[area + 1] - quarters[area]);
    size_t used = atomic_load(&areas[area].used);
    do {
        if (rounded > room - used || !make_ready(area, used + rounded)) {
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&areas[area].used, &used, used + rounded));
    return store_start(area) + used;
}
