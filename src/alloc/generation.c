#include "alloc/generation.h"

_Atomic uint32_t heap_generation;
THREAD_LOCAL uint32_t heap_ignoring;

static THREAD_LOCAL uint32_t ignoring_depth;
static uint32_t inherited_before; /* written while the process has one thread */

uint32_t heap_mark(void)
{
    uint32_t now = atomic_load(&heap_generation);
    do {
        if (now == HEAP_GENERATION_MOST) {
            return now;
        }
    } while (!atomic_compare_exchange_weak(&heap_generation, &now, now + 1));
    return now + 1;
}

void heap_inherit_all(void)
{
    inherited_before = heap_mark();
}

bool heap_has_inherited(void)
{
    return inherited_before > 0;
}

bool heap_is_inherited(uint32_t birth)
{
    return birth_generation(birth) < inherited_before;
}

void heap_ignore_begin(void)
{
    ignoring_depth++;
    heap_ignoring = HEAP_IGNORED;
}

void heap_ignore_end(void)
{
    if (ignoring_depth > 0 && --ignoring_depth == 0) {
        heap_ignoring = 0;
    }
}
