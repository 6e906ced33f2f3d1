#include "alloc/guarded_damage.h"

#include "alloc/damage.h"
#include "alloc/guard_choice.h"
#include "alloc/heap.h"
#include "alloc/known.h"
#include "alloc/large_guards.h"
#include "base/align.h"
#include "block/canary.h"
#include "block/fill.h"
#include "heap/guarded.h"
#include "os/pages.h"
#include "os/peek.h"

enum { WORD = sizeof(uint64_t), PAGE_WORDS = OS_PAGE / WORD };

typedef uint64_t expected_word(uintptr_t address);

static uint64_t freed_word(uintptr_t address)
{
    (void)address;
    return heap_freed_pattern;
}

static uint64_t bytes_from(unsigned byte) /* 0 to 8: the mask of those from there on */
{
    return byte < WORD ? ~(uint64_t)0 << 8 * byte : 0;
}

/* Bytes that should be as expected, and what of them is not. */
struct extent {
    uintptr_t start, end;
    uintptr_t first, last_end;
    bool damaged;
};

static void note(struct extent *extent, uintptr_t at, uint64_t differ)
{
    if (at < extent->start) {
        differ &= bytes_from((unsigned)(extent->start - at));
    }
    if (extent->end - at < WORD) {
        differ &= ~bytes_from((unsigned)(extent->end - at));
    }
    if (LIKELY(differ == 0)) {
        return;
    }
    if (!extent->damaged) {
        extent->damaged = true;
        extent->first = at + (unsigned)__builtin_ctzll(differ) / 8;
    }
    extent->last_end = at + WORD - (unsigned)__builtin_clzll(differ) / 8;
}

/* `copy` is of the words from `low` to `high`. */
static void compare(struct extent *extent, const uint64_t *copy, uintptr_t low, uintptr_t high,
                    expected_word *expected)
{
    uintptr_t start = align_down(extent->start, WORD);
    start = start > low ? start : low;
    for (uintptr_t at = start; at < high && at < extent->end; at += WORD) {
        uint64_t differ = copy[(at - low) / WORD] ^ expected(at);
        if (UNLIKELY(differ != 0)) {
            note(extent, at, differ);
        }
    }
}

/* Looks at a copy, page by page: they may be closed meanwhile, and then nothing is damaged. Pages
 * that are between the two extents are not looked at. */
static void look(struct extent *before, struct extent *after, expected_word *expected)
{
    uint64_t copy[PAGE_WORDS];
    uintptr_t end = align_up(after->end, WORD), page_end;
    for (uintptr_t low = align_down(before->start, WORD); low < end; low = page_end) {
        if (low >= before->end && low < after->start) {
            uintptr_t rest = align_down(after->start, OS_PAGE);
            low = rest > low ? rest : low;
        }
        page_end = align_down(low, OS_PAGE) + OS_PAGE;
        uintptr_t high = page_end < end ? page_end : end;
        if (low < high && os_peek(low, copy, high - low) == high - low) {
            compare(before, copy, low, high, expected);
            compare(after, copy, low, high, expected);
        }
    }
}

static void look_around(const struct ref *ref, struct extent *before, struct extent *after)
{
    *before = (struct extent){.start = ref->front, .end = ref->start};
    *after = (struct extent){.start = ref->start + ref->size, .end = ref->end};
    look(before, after, canary_word);
}

/* A look at what is left of it once the bytes that a call was told to change are left out. */
static void leave_out_known(struct extent *extent)
{
    uintptr_t start, end;
    while (extent->damaged) {
        if (known_around(extent->first, &start, &end)) {
            extent->start = end < extent->end ? end : extent->end;
        } else if (known_around(extent->last_end - 1, &start, &end)) {
            extent->end = start > extent->start ? start : extent->start;
        } else {
            return;
        }
        struct extent none = {.start = extent->start, .end = extent->start};
        extent->damaged = false;
        look(&none, extent, canary_word);
    }
}

static void look_for_new(const struct ref *ref, struct extent *before, struct extent *after)
{
    look_around(ref, before, after);
    leave_out_known(before);
    leave_out_known(after);
}

bool guarded_judges(const struct ref *ref)
{
    return ref_is_guarded(ref) || (large_guards_are_wanted() && ref_is_large(ref));
}

static bool was_told(const struct ref *ref)
{
    return ref_is_large(ref) ? large_has(ref->run, LARGE_TOLD)
                             : guarded_has(ref->run, ref->slot, GUARDED_TOLD);
}

/* True for one of several who found it. */
static bool claim(const struct ref *ref)
{
    return ref_is_large(ref) ? large_set(ref->run, LARGE_TOLD)
                             : guarded_set(ref->run, ref->slot, GUARDED_TOLD);
}

void guarded_note_told(const struct ref *ref)
{
    (void)claim(ref);
}

void guarded_note_known(const struct ref *ref)
{
    if (ref_is_guarded(ref)) {
        guarded_set(ref->run, ref->slot, GUARDED_KNOWN);
    }
}

bool guarded_find_damage(const struct ref *ref, bool in_front, uintptr_t *first,
                         uintptr_t *last_end)
{
    struct extent before, after;
    if (was_told(ref)) {
        return false;
    }
    look_for_new(ref, &before, &after);
    const struct extent *extent = in_front ? &before : &after;
    *first = extent->first;
    *last_end = extent->last_end;
    return extent->damaged;
}

bool guarded_is_whole(const struct ref *ref)
{
    uint64_t begun = ref_is_guarded(ref) ? guard_choice_begin() : 0; /* a page or more is read */
    bool whole = canary_is_exact(ref->front, ref->start) &&
                 canary_is_exact(ref->start + ref->size, ref->end);
    guard_choice_end(begun);
    return whole || guarded_seems_whole(ref);
}

bool guarded_seems_whole(const struct ref *ref)
{
    struct extent before, after;
    if (was_told(ref)) {
        return true;
    }
    look_for_new(ref, &before, &after);
    return !before.damaged && !after.damaged;
}

static size_t tell(const struct ref *ref, const struct damage_scene *scene, enum finding_kind kind,
                   const struct extent *extent)
{
    struct finding finding = {.kind = kind};
    damage_tell(&finding, scene, ref, NULL, extent->first, extent->last_end);
    return 1;
}

size_t guarded_check_live(const struct ref *ref, const struct damage_scene *scene)
{
    struct extent before, after;
    if (was_told(ref)) {
        return 0;
    }
    look_for_new(ref, &before, &after);
    if ((!before.damaged && !after.damaged) || !claim(ref)) {
        return 0;
    }
    return (before.damaged ? tell(ref, scene, FINDING_UNDERFLOW, &before) : 0) +
           (after.damaged ? tell(ref, scene, FINDING_OVERFLOW, &after) : 0);
}

static bool is_late(const struct ref *ref, struct extent *extent)
{
    if (!guarded_has(ref->run, ref->slot, GUARDED_UNCLOSED) || was_told(ref)) {
        return false;
    }
    struct extent none = {.start = ref->front, .end = ref->front};
    *extent = (struct extent){.start = ref->front, .end = ref->end};
    look(&none, extent, freed_word);
    return extent->damaged;
}

bool guarded_is_absent_freed(const struct ref *ref)
{
    struct extent extent;
    return !is_late(ref, &extent);
}

size_t guarded_check_freed(const struct ref *ref, const struct damage_scene *scene)
{
    struct extent extent;
    return is_late(ref, &extent) ? tell(ref, scene, FINDING_USE_AFTER_FREE, &extent) : 0;
}
