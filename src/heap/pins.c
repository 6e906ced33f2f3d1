#include "heap/pins.h"

#include <stdatomic.h>

#include "heap/buddy.h"
#include "heap/slab.h"

/* 0: unused. Else the run's index + 1, shifted, and what is to be given back at the end, if it is:
 * enum pin_heir. */
enum { HEIR_BITS = 2, HEIR_MASK = 3 };

static _Atomic uint64_t pins[PINS];

static uint64_t word_of(const struct granule *run)
{
    return ((uint64_t)granule_index(run) + 1) << HEIR_BITS;
}

int pin_run(struct granule *run, enum granule_kind kind)
{
    for (int pin = 0; pin < PINS; pin++) {
        uint64_t unused = 0;
        if (!atomic_compare_exchange_strong(&pins[pin], &unused, word_of(run))) {
            continue;
        }
        atomic_thread_fence(memory_order_seq_cst);
        if (granule_kind(run) == kind) {
            return pin;
        }
        unpin_run(pin);
        break;
    }
    return PIN_NONE;
}

bool pin_hand_over(struct granule *run, enum pin_heir what)
{
    atomic_thread_fence(memory_order_seq_cst);
    for (int pin = 0; pin < PINS; pin++) {
        uint64_t word = word_of(run);
        if (atomic_load_explicit(&pins[pin], memory_order_relaxed) == word &&
            atomic_compare_exchange_strong(&pins[pin], &word, word | what)) {
            return true;
        }
    }
    return false;
}

void unpin_run(int pin)
{
    uint64_t word = atomic_exchange(&pins[pin], 0);
    enum pin_heir what = (enum pin_heir)(word & HEIR_MASK);
    if (!what) {
        return;
    }
    struct granule *run = &arena.granules[(word >> HEIR_BITS) - 1];
    if (pin_hand_over(run, what)) { /* others look at it still */
        return;
    }
    if (what == PIN_SLAB) {
        slab_free(run);
    } else {
        run_free(run, run->granules);
    }
}

void pins_after_fork(void)
{
    for (int pin = 0; pin < PINS; pin++) {
        unpin_run(pin);
    }
}
