/* What is wrong around guarded blocks, large ones too, and in those in guarded slots, where no
 * guard saw it. A live block is told once, not mended: whoever looks may not write to pages that
 * another thread closes this moment. Internal to this layer; called by alloc/damage.h. */
#ifndef ALLOC_GUARDED_DAMAGE_H
#define ALLOC_GUARDED_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/ref.h"
#include "base/compiler.h"

struct damage_scene;

/* The block is in a guarded slot, or a large one and such have guards. */
MUST_USE bool guarded_judges(const struct ref *ref);

/* Nothing more is to be told of the block that guarded_judges(). */
void guarded_note_told(const struct ref *ref);

/* Of its canaries only what alloc/known.h says is known: a call was told of it. */
void guarded_note_known(const struct ref *ref);

/* What is damaged of one canary of a live block, before it or behind it, and was not told. False:
 * nothing is. */
MUST_USE bool guarded_find_damage(const struct ref *ref, bool in_front, uintptr_t *first,
                                  uintptr_t *last_end);

/* True if the canaries of a live block are whole, or it was told. The first is for who owns the
 * block, the second for anybody. */
MUST_USE bool guarded_is_whole(const struct ref *ref);
MUST_USE bool guarded_seems_whole(const struct ref *ref);

/* Tells what is damaged; returns how many findings that were. */
size_t guarded_check_live(const struct ref *ref, const struct damage_scene *scene);

/* Of a released block in a guarded slot, whose pages are filled where they could not be closed. By
 * who tells it: see record_claim_freed(). */
MUST_USE bool guarded_is_absent_freed(const struct ref *ref);
size_t guarded_check_freed(const struct ref *ref, const struct damage_scene *scene);

#endif
