/* block/fill: patterns that end at the very byte. */
#include "block/fill.h"

#include <string.h>

#include "support/suite.h"

enum { ROOM = 256, LONGEST = 200, FRONT = 16, OTHER = 0x5c };

static const uint64_t patterns[] = {FILL_FRESH, FILL_FREED};

static _Alignas(16) unsigned char room[ROOM];

/* `shift` 8 makes a start that is aligned to 8 only. */
static uintptr_t start_at(size_t shift)
{
    return (uintptr_t)room + FRONT + shift;
}

static unsigned char pattern_byte(uint64_t pattern, size_t offset)
{
    return (unsigned char)(pattern >> 8 * (offset % 8));
}

/* Every length, pattern and start. */
static void each_fill(void (*visit)(uintptr_t start, size_t length, uint64_t pattern))
{
    for (size_t length = 0; length <= LONGEST; length++) {
        for (int p = 0; p < 2; p++) {
            visit(start_at(0), length, patterns[p]);
            visit(start_at(8), length, patterns[p]);
        }
    }
}

static void is_exact(uintptr_t start, size_t length, uint64_t pattern)
{
    memset(room, OTHER, ROOM);
    fill_write(start, length, pattern);
    size_t front = start - (uintptr_t)room;
    for (size_t i = 0; i < ROOM; i++) {
        bool inside = i >= front && i < front + length;
        ck_assert_uint_eq(room[i], inside ? pattern_byte(pattern, i - front) : OTHER);
    }
}

START_TEST(test_every_length_is_filled_to_the_byte)
{
    each_fill(is_exact);
}
END_TEST

static void every_change_is_found(uintptr_t start, size_t length, uint64_t pattern)
{
    fill_write(start, length, pattern);
    ck_assert(fill_is_whole(start, length, pattern));
    for (size_t i = 0; i < length; i++) {
        uintptr_t first = 0, last_end = 0;
        unsigned char *byte = (unsigned char *)(start + i);
        *byte ^= 0x10;
        ck_assert(!fill_is_whole(start, length, pattern));
        ck_assert(fill_damage(start, length, pattern, &first, &last_end));
        ck_assert_uint_eq(first, start + i);
        ck_assert_uint_eq(last_end, start + i + 1);
        *byte ^= 0x10;
    }
}

START_TEST(test_every_changed_byte_is_found_where_it_is)
{
    each_fill(every_change_is_found);
}
END_TEST

static void bytes_beside_do_not_count(uintptr_t start, size_t length, uint64_t pattern)
{
    memset(room, OTHER, ROOM);
    fill_write(start, length, pattern);
    uintptr_t first, last_end;
    ck_assert(fill_is_whole(start, length, pattern));
    ck_assert(!fill_damage(start, length, pattern, &first, &last_end));
}

START_TEST(test_bytes_beside_it_are_not_compared)
{
    each_fill(bytes_beside_do_not_count);
}
END_TEST

START_TEST(test_damage_reaches_from_the_first_to_the_last_changed_byte)
{
    fill_write(start_at(0), 100, FILL_FREED);
    room[FRONT + 17] = room[FRONT + 50] = room[FRONT + 63] = 1;
    uintptr_t first, last_end;
    ck_assert(fill_damage(start_at(0), 100, FILL_FREED, &first, &last_end));
    ck_assert_uint_eq(first, start_at(0) + 17);
    ck_assert_uint_eq(last_end, start_at(0) + 64);
}
END_TEST

START_TEST(test_a_string_in_filled_memory_ends)
{
    for (int p = 0; p < 2; p++) {
        fill_write(start_at(0), LONGEST, patterns[p]);
        for (size_t i = 0; i + 8 <= LONGEST; i++) {
            ck_assert_uint_lt(strnlen((char *)room + FRONT + i, 9), 8);
        }
    }
}
END_TEST

/* x86-64: bits 47 to 63 of an address are all alike, in 5-level paging bits 56 to 63. */
START_TEST(test_no_pattern_is_an_address_even_shifted_by_bytes)
{
    for (int p = 0; p < 2; p++) {
        for (int shift = 0; shift < 64; shift += 8) {
            uint64_t value = patterns[p];
            value = shift ? value >> shift | value << (64 - shift) : value;
            int64_t upper = (int64_t)value >> 47;
            ck_assert(upper != 0 && upper != -1);
        }
    }
}
END_TEST

START_TEST(test_zeros_reach_from_start_to_end_and_each_other_byte_is_found)
{
    static _Alignas(16) unsigned char slot[128];
    uintptr_t start = (uintptr_t)slot + 16;
    for (size_t bytes = 16; bytes <= 96; bytes += 8) {
        memset(slot, 'x', sizeof slot);
        fill_zeros(start, start + bytes);
        ck_assert(fill_is_zeros(start, start + bytes));
        ck_assert(slot[15] == 'x' && slot[16 + bytes] == 'x');
        for (size_t at = 16; at < 16 + bytes; at++) {
            ck_assert_uint_eq(slot[at], 0);
            slot[at] = 1;
            ck_assert(!fill_is_zeros(start, start + bytes));
            slot[at] = 0;
        }
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_every_length_is_filled_to_the_byte);
    tcase_add_test(tests, test_every_changed_byte_is_found_where_it_is);
    tcase_add_test(tests, test_bytes_beside_it_are_not_compared);
    tcase_add_test(tests, test_damage_reaches_from_the_first_to_the_last_changed_byte);
    tcase_add_test(tests, test_zeros_reach_from_start_to_end_and_each_other_byte_is_found);
    tcase_add_test(tests, test_a_string_in_filled_memory_ends);
    tcase_add_test(tests, test_no_pattern_is_an_address_even_shifted_by_bytes);
}

int main(void)
{
    return suite_run("fill", add);
}
