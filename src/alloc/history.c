#include "alloc/history.h"

#include "heap/guarded.h"

_Atomic uint32_t history_tick;

static uint64_t *words_of(const struct ref *ref, unsigned *count)
{
    if (ref_is_large(ref)) {
        *count = HEAP_LARGE_HISTORY_WORDS;
        return ref->run->large.history;
    }
    *count = HEAP_HISTORY_WORDS;
    return slots_history(ref->run, ref->slot);
}

void history_add(const struct ref *ref, enum history_kind kind, uint32_t stack)
{
    unsigned count;
    uint64_t *words = words_of(ref, &count);
    if (words) {
        history_push(words, count, history_word(kind, stack));
    }
}

unsigned history_read(const struct ref *ref, uint64_t words[HEAP_HISTORY_WORDS])
{
    unsigned count, used = 0;
    const uint64_t *from = words_of(ref, &count);
    for (unsigned i = 0; from && i < count; i++) {
        uint64_t word = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
        bool is_new = word != 0 && (used == 0 || word != words[used - 1]); /* amid a push */
        if (is_new) {
            words[used++] = word;
        }
    }
    return used;
}
