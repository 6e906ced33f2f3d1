#include "alloc/guarded_damage.h"

#include "alloc/damage.h"
#include "alloc/large_guards.h"
#include "base/align.h"
#include "block/canary.h"
#include "block/fill.h"
#include "heap/guarded.h"
#include "os/peek.h"

enum { WORD = sizeof(uint64_t), PIECE_WORDS = 256 };

typedef uint64_t expected_word(uintptr_t address);

static uint64_t freed_word(uintptr_t address)
{
    (void)address;
    return FILL_FREED;
}

static uint64_t bytes_from(unsigned byte) /* 0 to 8: the mask of those from there on */
{
    return byte < WORD ? ~(uint64_t)0 << 8 * byte : 0;
}

struct extent {
    uintptr_t start, end; /* looked at */
    uintptr_t first, last_end;
    bool damaged;
};

static void compare(struct extent *extent, uintptr_t at, uint64_t differ)
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

/* Looks at a copy: the pages may be closed meanwhile, and then nothing is damaged. */
static bool is_damaged(uintptr_t start, uintptr_t end, expected_word *expected,
                       struct extent *extent)
{
    uint64_t copy[PIECE_WORDS];
    *extent = (struct extent){.start = start, .end = end};
    for (uintptr_t at = align_down(start, WORD); at < end; at += sizeof copy) {
        size_t bytes = align_up(end, WORD) - at;
        bytes = bytes < sizeof copy ? bytes : sizeof copy;
        if (os_peek(at, copy, bytes) != bytes) {
            return false;
        }
        for (size_t i = 0; i < bytes / WORD; i++) {
            uintptr_t word = at + i * WORD;
            compare(extent, word, copy[i] ^ expected(word));
        }
    }
    return extent->damaged;
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

bool guarded_is_whole(const struct ref *ref)
{
    return (canary_is_exact(ref->front, ref->start) &&
            canary_is_exact(ref->start + ref->size, ref->end)) ||
           was_told(ref);
}

bool guarded_seems_whole(const struct ref *ref)
{
    struct extent extent;
    return was_told(ref) || !(is_damaged(ref->front, ref->start, canary_word, &extent) ||
                              is_damaged(ref->start + ref->size, ref->end, canary_word, &extent));
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
    bool under = is_damaged(ref->front, ref->start, canary_word, &before);
    bool over = is_damaged(ref->start + ref->size, ref->end, canary_word, &after);
    if ((!under && !over) || !claim(ref)) {
        return 0;
    }
    return (under ? tell(ref, scene, FINDING_UNDERFLOW, &before) : 0) +
           (over ? tell(ref, scene, FINDING_OVERFLOW, &after) : 0);
}

static bool is_late(const struct ref *ref, struct extent *extent)
{
    return guarded_has(ref->run, ref->slot, GUARDED_UNCLOSED) && !was_told(ref) &&
           is_damaged(ref->front, ref->end, freed_word, extent);
}

bool guarded_is_absent_freed(const struct ref *ref)
{
    struct extent extent;
    return !is_late(ref, &extent);
}

size_t guarded_check_freed(const struct ref *ref, const struct damage_scene *scene)
{
    struct extent extent;
    return is_late(ref, &extent) && claim(ref) ? tell(ref, scene, FINDING_USE_AFTER_FREE, &extent)
                                               : 0;
}
