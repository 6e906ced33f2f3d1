#include "alloc/door.h"

#include <stdatomic.h>

struct door door_open_used(void)
{
    struct door door = {.is_outer = os_keys_set(KEYS_WRITE) != KEYS_WRITE, .has_state = true};
    atomic_signal_fence(memory_order_seq_cst);
    if (!thread_current) {
        door.hides = true;
        thread_current = thread_behind_door;
    }
    return door;
}

void door_shut_used(const struct door *door)
{
    if (door->hides) {
        thread_behind_door = thread_current;
        atomic_signal_fence(memory_order_seq_cst);
        thread_current = NULL;
        atomic_signal_fence(memory_order_seq_cst);
    }
    if (door->is_outer || door->hides) {
        os_keys_set(KEYS_READ);
    }
}
