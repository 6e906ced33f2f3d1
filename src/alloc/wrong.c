#include "alloc/wrong.h"

#include <sched.h>

#include "os/clock.h"

enum { RACE_YIELDS = 50, RACE_SLEEPS = 500, RACE_SLEEP_US = 200 }; /* 100 ms in all */

/* Bounded: the holder is a running thread that does nothing else meanwhile, and fork() waits for
 * it; only a process made by clone(2) alone may have inherited a block in that state. */
bool wrong_was_held(const struct record *record)
{
    enum { HELD_YIELDS = 100, HELD_SLEEPS = 50 * 1000 }; /* 10 s */
    for (int i = 0; i < HELD_YIELDS + HELD_SLEEPS; i++) {
        if (!record_is_held(record)) {
            return false;
        }
        if (record_state(record) == RECORD_LIVE) {
            return true;
        }
        if (i < HELD_YIELDS) {
            sched_yield();
        } else {
            os_sleep_us(RACE_SLEEP_US);
        }
    }
    return false;
}

/* Two threads release one block: the loser comes here while the winner may still be writing down
 * its stack. Bounded, since the winner might be the very thread that this signal handler
 * interrupted. */
static void wait_for_winner(const struct record *record)
{
    for (int i = 0; i < RACE_YIELDS + RACE_SLEEPS && record_state(record) == RECORD_BUSY; i++) {
        if (i < RACE_YIELDS) {
            sched_yield();
        } else {
            os_sleep_us(RACE_SLEEP_US);
        }
    }
}

static struct finding call_in_error(struct thread *thread, enum finding_kind kind,
                                    enum finding_detected detected, enum api function,
                                    const struct call_site *site)
{
    return (struct finding){
        .kind = kind,
        .detected = detected,
        .function = function,
        .access_stack = stack_capture(thread->stacks, site),
        .access_thread = thread->number,
    };
}

void wrong_release(struct thread *thread, const void *pointer, const struct release *how,
                   enum finding_detected detected, const struct call_site *site)
{
    struct finding finding =
        call_in_error(thread, FINDING_INVALID_FREE, detected, how->function, site);
    finding.pointer = (uintptr_t)pointer;
    struct ref ref;
    if (ref_find((uintptr_t)pointer, &ref) && record_state(ref.record) != RECORD_NEVER) {
        wait_for_winner(ref.record);
        finding.has_block = true;
        ref_info(&ref, &finding.block);
        if (ref.start == (uintptr_t)pointer) {
            finding.kind = FINDING_DOUBLE_FREE;
        } else {
            finding.has_offset = true;
            finding.offset = (ptrdiff_t)((uintptr_t)pointer - ref.start);
        }
    }
    finding_sink(&finding);
}

void wrong_partner(struct thread *thread, const struct ref *ref, const struct release *how,
                   const struct call_site *site)
{
    bool resize = how->function == API_REALLOC || how->function == API_REALLOCARRAY;
    struct finding finding = call_in_error(
        thread, FINDING_MISMATCH, resize ? DETECTED_REALLOC : DETECTED_FREE, how->function, site);
    finding.pointer = ref->start;
    finding.has_block = true;
    ref_info(ref, &finding.block);
    finding.block.state = BLOCK_LIVE;
    finding.has_given_size = how->has_size;
    finding.given_size = how->size;
    finding.has_given_alignment = how->has_alignment;
    finding.given_alignment = how->alignment;
    finding_sink(&finding);
}

void block_tell_request(enum finding_kind kind, enum api function, size_t count, size_t size,
                        size_t alignment, const struct call_site *site)
{
    struct finding finding = call_in_error(thread_get(), kind, DETECTED_CALL, function, site);
    finding.has_given_count = count != 0;
    finding.given_count = count;
    finding.has_given_size = true;
    finding.given_size = size;
    finding.has_given_alignment = kind == FINDING_INVALID_ALIGNMENT;
    finding.given_alignment = alignment;
    finding_sink(&finding);
}
