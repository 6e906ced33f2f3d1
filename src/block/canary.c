#include "block/canary.h"

uint64_t canary_key = CANARY_SET; /* until start draws one */

void canary_start(uint64_t secret)
{
    canary_key = (secret & CANARY_VARYING) | CANARY_SET;
}

/* Two words at once, which takes a third of the instructions: a block at a guard has a page of
 * them.
 */
typedef uint64_t pair __attribute__((vector_size(16), may_alias));
enum { WORD = sizeof(uint64_t), PAIR = sizeof(pair) };

static pair products(uintptr_t start)
{
    return (pair){start * CANARY_FACTOR, (start + WORD) * CANARY_FACTOR};
}

static pair words_of(pair products)
{
    return (products & CANARY_VARYING) ^ canary_key;
}

void canary_write_words(uintptr_t start, uintptr_t end)
{
    if (start % PAIR != 0 && start < end) {
        canary_store(start, canary_word(start));
        start += WORD;
    }
    pair mixed = products(start);
    for (; start + PAIR <= end; start += PAIR) {
        *(pair *)start = words_of(mixed);
        mixed += PAIR * CANARY_FACTOR;
    }
    if (start < end) {
        canary_store(start, canary_word(start));
    }
}

bool canary_words_are_whole(uintptr_t start, uintptr_t end)
{
    uint64_t differ = 0;
    if (start % PAIR != 0 && start < end) {
        differ = canary_load(start) ^ canary_word(start);
        start += WORD;
    }
    pair mixed = products(start), differs = {0};
    for (; start + PAIR <= end; start += PAIR) {
        differs |= *(const pair *)start ^ words_of(mixed);
        mixed += PAIR * CANARY_FACTOR;
    }
    if (start < end) {
        differ |= canary_load(start) ^ canary_word(start);
    }
    return (differ | differs[0] | differs[1]) == 0;
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
