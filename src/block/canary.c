#include "block/canary.h"

uint64_t canary_key = CANARY_SET; /* until start draws one */

void canary_start(uint64_t secret)
{
    canary_key = (secret & CANARY_VARYING) | CANARY_SET;
}

static uint8_t canary_byte(uintptr_t address)
{
    return (uint8_t)(canary_word(address & ~(uintptr_t)7) >> 8 * (address & 7));
}

bool canary_mend(uintptr_t first, uintptr_t last_end)
{
    bool was_first = false;
    for (uintptr_t at = first; at < last_end; at++) {
        uint8_t right = canary_byte(at);
        uint8_t before = __atomic_exchange_n((uint8_t *)at, right, __ATOMIC_RELAXED);
        was_first |= at == first && before != right;
    }
    return was_first;
}

bool canary_damage(uintptr_t start, uintptr_t end, uintptr_t *first, uintptr_t *last_end)
{
    bool found = false;
    for (uintptr_t at = start; at < end; at++) {
        if (*(const volatile uint8_t *)at != canary_byte(at)) {
            *first = found ? *first : at;
            *last_end = at + 1;
            found = true;
        }
    }
    return found;
}
