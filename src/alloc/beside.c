#include "alloc/beside.h"

#include "alloc/history.h"
#include "alloc/large.h"
#include "heap/guarded.h"

enum { SLOTS_BESIDE = 4 };

static bool find_slot(const struct ref *ref, int distance, struct ref *out)
{
    int64_t slot = (int64_t)ref->slot + distance;
    if (slot < 0 || slot >= ref->run->slots.count) {
        return false;
    }
    ref_of_either(ref->run, ref_is_guarded(ref), (uint32_t)slot, out);
    return true;
}

static bool find_large(const struct ref *ref, int distance, struct ref *out)
{
    uintptr_t start = granule_start(ref->run);
    uintptr_t there =
        distance < 0 ? start - 1 : start + ((uintptr_t)ref->run->granules << GRANULE_SHIFT);
    struct granule *run = arena_holds(there) ? run_head(there) : NULL;
    if (!run || granule_kind(run) != GRANULE_LARGE) {
        return false;
    }
    large_ref(run, out);
    return true;
}

/* Size and thread of an event, where the record still is of the same block. */
static void add_details(const struct ref *ref, bool is_last, struct finding_event *event)
{
    const struct record *record = ref->record;
    enum record_state state = record_state(record);
    bool fits =
        is_last && (event->is_release ? state == RECORD_FREED && record->free_stack == event->stack
                                      : record->alloc_stack == event->stack);
    if (fits) {
        event->has_size = true;
        event->size_bytes = ref->size;
        event->thread = event->is_release ? record->free_thread : record->alloc_thread;
    }
}

static void insert(struct finding_window *window, const struct finding_event *event)
{
    if (window->event_count == FINDING_EVENTS_MOST) {
        window->events_left_out++;
        return;
    }
    unsigned at = window->event_count++;
    while (at > 0 && !history_is_since(event->time_ms, window->events[at - 1].time_ms)) {
        window->events[at] = window->events[at - 1];
        at--;
    }
    window->events[at] = *event;
}

static void add_events(const struct ref *other, int distance, uint32_t since,
                       struct finding_window *window)
{
    uint64_t words[HEAP_HISTORY_WORDS];
    unsigned count = history_read(other, words);
    bool allocated = false; /* a newer one was seen */
    for (unsigned i = 0; i < count; i++) {
        bool is_release = history_word_kind(words[i]) == HISTORY_RELEASE;
        struct finding_event event = {
            .is_release = is_release,
            .distance = distance,
            .address = other->start,
            .stack = history_word_stack(words[i]),
            .time_ms = history_word_tick(words[i]),
        };
        add_details(other, is_release ? i == 0 : !allocated && i <= 1, &event);
        allocated |= !is_release;
        if (history_is_since(event.time_ms, since)) {
            insert(window, &event);
        }
    }
}

void beside_events(const struct ref *ref, uint32_t since_tick, struct finding_window *window)
{
    bool large = ref_is_large(ref);
    for (int distance = 1; distance <= (large ? 1 : SLOTS_BESIDE); distance++) {
        for (int side = -1; side <= 1; side += 2) {
            struct ref other;
            bool found =
                large ? find_large(ref, side, &other) : find_slot(ref, side * distance, &other);
            if (found) {
                add_events(&other, side * distance, since_tick, window);
            }
        }
    }
}
