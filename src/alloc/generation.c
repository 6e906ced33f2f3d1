#include "alloc/generation.h"

uint32_t heap_generation;

void heap_begin_generation(void)
{
    heap_generation++;
}
