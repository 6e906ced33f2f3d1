#include "stack/store.h"

#include <stdatomic.h>

#include "base/align.h"
#include "os/own.h"
#include "os/pages.h"

/* Tried in turn. Tables take the last quarter; stored stacks, at about 200 bytes each, the rest. */
static const size_t sizes[] = {(size_t)4 << 30, (size_t)64 << 20, (size_t)16 << 20,
                               (size_t)4 << 20};
enum { TABLE_SHARE = 4 };

static _Atomic(char *) start;    /* written once */
static atomic_size_t size_bytes; /* valid with start */
static atomic_size_t table_bytes_used;

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

/* Two threads may come here at once: the second to publish gives its own reservation back. */
static NOINLINE char *start_store(void)
{
    size_t bytes = 0;
    char *mine = reserve(&bytes);
    if (!mine) {
        return NULL;
    }
    size_t unset = 0;
    if (atomic_compare_exchange_strong(&size_bytes, &unset, bytes)) {
        atomic_store_explicit(&start, mine, memory_order_release);
        own_add_range(mine, bytes);
        return mine;
    }
    os_pages_unmap(mine, bytes);
    return atomic_load_explicit(&start,
                                memory_order_acquire); /* NULL while the other is not done */
}

static char *store_start(void)
{
    char *at = atomic_load_explicit(&start, memory_order_acquire);
    return LIKELY(at != NULL) ? at : start_store();
}

struct store_records store_records(void)
{
    char *at = store_start();
    size_t bytes = at ? atomic_load(&size_bytes) : 0;
    return (struct store_records){.start = at, .bytes = bytes - bytes / TABLE_SHARE};
}

void *store_take_table(size_t bytes)
{
    char *at = store_start();
    if (!at) {
        return NULL;
    }
    size_t most = atomic_load(&size_bytes) / TABLE_SHARE;
    size_t rounded = align_up(bytes, OS_PAGE);
    size_t used = atomic_load(&table_bytes_used);
    do {
        if (rounded > most - used) {
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&table_bytes_used, &used, used + rounded));
    char *table = at + atomic_load(&size_bytes) - used - rounded;
    return os_pages_commit(table, rounded) ? table : NULL;
}
