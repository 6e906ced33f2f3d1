/* block/canary: written, compared and mended byte by byte. */
#include "block/canary.h"

#include <string.h>

#include "support/suite.h"

enum { ROOM = 128, OTHER = 0x5c };

static _Alignas(64) unsigned char room[ROOM];

static uintptr_t at(size_t offset)
{
    return (uintptr_t)room + offset;
}

/* Each canary that fits: any start, an end at a multiple of 8. */
static void each_range(void (*visit)(size_t start, size_t end))
{
    for (size_t start = 8; start < 32; start++) {
        for (size_t end = 8; end <= 80; end += 8) {
            if (start <= end) {
                visit(start, end);
            }
        }
    }
}

START_TEST(test_no_byte_is_ever_zero_or_text_or_minus_one)
{
    const uint64_t secrets[] = {0, ~(uint64_t)0, 0x0101010101010101, 0x9E3779B97F4A7C15};
    for (size_t s = 0; s < sizeof secrets / sizeof *secrets; s++) {
        canary_start(secrets[s]);
        for (uintptr_t address = 0x7f0000000000; address < 0x7f0000000000 + 800000; address += 8) {
            uint64_t word = canary_word(address);
            for (int i = 0; i < 8; i++) {
                unsigned byte = (unsigned)(word >> 8 * i & 0xff);
                ck_assert(byte >= 0x80 && byte < 0xff);
            }
        }
    }
}
END_TEST

START_TEST(test_words_differ_by_address_and_by_secret)
{
    canary_start(1);
    uint64_t here = canary_word(0x1000), there = canary_word(0x1008);
    ck_assert(here != there);
    canary_start(~(uint64_t)1);
    ck_assert(here != canary_word(0x1000));
}
END_TEST

static void is_written_exactly(size_t start, size_t end)
{
    memset(room, OTHER, ROOM);
    canary_write(at(start), at(end));
    ck_assert(canary_is_whole(at(start), at(end)));
    for (size_t i = 0; i < ROOM; i++) {
        if (i < start || i >= end) {
            ck_assert_uint_eq(room[i], OTHER);
        }
    }
}

START_TEST(test_writing_touches_no_byte_beside)
{
    each_range(is_written_exactly);
}
END_TEST

static void every_change_is_found(size_t start, size_t end)
{
    canary_write(at(start), at(end));
    for (size_t i = start; i < end; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            uintptr_t first = 0, last_end = 0;
            room[i] ^= (unsigned char)(1u << bit);
            ck_assert(!canary_is_whole(at(start), at(end)));
            ck_assert(canary_damage(at(start), at(end), &first, &last_end));
            ck_assert_uint_eq(first, at(i));
            ck_assert_uint_eq(last_end, at(i) + 1);
            room[i] ^= (unsigned char)(1u << bit);
        }
    }
}

START_TEST(test_every_changed_bit_is_found_where_it_is)
{
    each_range(every_change_is_found);
}
END_TEST

static void bytes_beside_do_not_count(size_t start, size_t end)
{
    canary_write(at(start), at(end));
    uintptr_t first, last_end;
    room[start - 1]++;
    room[end]++;
    ck_assert(canary_is_whole(at(start), at(end)));
    ck_assert(!canary_damage(at(start), at(end), &first, &last_end));
}

START_TEST(test_changes_beside_it_are_not_its_damage)
{
    each_range(bytes_beside_do_not_count);
}
END_TEST

START_TEST(test_damage_reaches_from_the_first_to_the_last_changed_byte)
{
    canary_write(at(13), at(64));
    room[20]++;
    room[30]++;
    room[41]++;
    uintptr_t first, last_end;
    ck_assert(canary_damage(at(13), at(64), &first, &last_end));
    ck_assert_uint_eq(first, at(20));
    ck_assert_uint_eq(last_end, at(42));
}
END_TEST

START_TEST(test_mending_puts_back_the_damaged_bytes_alone)
{
    memset(room, OTHER, ROOM);
    canary_write(at(13), at(64));
    memset(room + 13, 0, 9);
    canary_mend(at(13), at(22));
    ck_assert(canary_is_whole(at(13), at(64)));
    ck_assert_uint_eq(room[12], OTHER);
}
END_TEST

START_TEST(test_two_owners_write_the_same_bytes)
{
    unsigned char before[24];
    canary_write(at(3), at(32));
    memcpy(before, room + 8, sizeof before);
    canary_write(at(24), at(32));
    canary_write(at(8), at(32));
    ck_assert_mem_eq(room + 8, before, sizeof before);
}
END_TEST

START_TEST(test_exact_ranges_are_written_and_compared_byte_by_byte)
{
    for (size_t start = 8; start < 40; start++) {
        for (size_t end = start; end < 112; end++) {
            memset(room, OTHER, ROOM);
            canary_write_exact(at(start), at(end));
            ck_assert(canary_is_exact(at(start), at(end)));
            for (size_t i = 0; i < ROOM; i++) {
                uint64_t word = canary_word(at(i) & ~(uintptr_t)7);
                bool inside = i >= start && i < end;
                unsigned wanted = inside ? (unsigned)(word >> 8 * (at(i) % 8) & 0xff) : OTHER;
                if (room[i] != wanted) { /* an assertion for each would take long */
                    ck_abort_msg("byte %zu of [%zu, %zu) is %u", i, start, end, room[i]);
                }
                room[i] ^= 1;
                if (canary_is_exact(at(start), at(end)) == inside) {
                    ck_abort_msg("byte %zu of [%zu, %zu) changed", i, start, end);
                }
                room[i] ^= 1;
            }
        }
    }
}
END_TEST

START_TEST(test_an_empty_canary_is_whole_and_writes_nothing)
{
    memset(room, OTHER, ROOM);
    canary_write(at(16), at(16));
    ck_assert(canary_is_whole(at(16), at(16)));
    ck_assert_uint_eq(room[16], OTHER);
}
END_TEST

START_TEST(test_over_zeros_the_same_is_written)
{
    for (size_t start = 16; start <= 56; start++) {
        memset(room, 0, ROOM);
        canary_write(at(56), at(64));
        canary_write_over_zeros(at(start), at(56));
        ck_assert(canary_is_whole(at(start), at(64)));
        ck_assert(canary_tail_is_whole(at(start), at(64)));
        for (size_t i = 0; i < start; i++) {
            ck_assert_uint_eq(room[i], 0);
        }
        for (size_t i = start; i < 64; i++) {
            room[i] ^= 4;
            ck_assert(!canary_tail_is_whole(at(start), at(64)));
            room[i] ^= 4;
        }
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_no_byte_is_ever_zero_or_text_or_minus_one);
    tcase_add_test(tests, test_words_differ_by_address_and_by_secret);
    tcase_add_test(tests, test_writing_touches_no_byte_beside);
    tcase_add_test(tests, test_every_changed_bit_is_found_where_it_is);
    tcase_add_test(tests, test_changes_beside_it_are_not_its_damage);
    tcase_add_test(tests, test_damage_reaches_from_the_first_to_the_last_changed_byte);
    tcase_add_test(tests, test_mending_puts_back_the_damaged_bytes_alone);
    tcase_add_test(tests, test_two_owners_write_the_same_bytes);
    tcase_add_test(tests, test_exact_ranges_are_written_and_compared_byte_by_byte);
    tcase_add_test(tests, test_over_zeros_the_same_is_written);
    tcase_add_test(tests, test_an_empty_canary_is_whole_and_writes_nothing);
}

int main(void)
{
    return suite_run("canary", add);
}
