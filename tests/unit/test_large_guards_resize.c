/* alloc/large_guards: guards of large blocks that grow, shrink or move. */
#include <string.h>

#include "alloc/large_guards.h"
#include "support/large_blocks.h"
#include "support/suite.h"

enum { SIZE = 200000, MIB = 1 << 20 };

START_TEST(test_growth_in_place_moves_the_guard)
{
    start_usual(ways[_i]);
    unsigned char *block = take(SIZE);
    unsigned moved = 0;
    for (size_t size = SIZE; size < 40 * (size_t)MIB; size += 70001) {
        unsigned char *grown = resize(block, size);
        moved += grown != block;
        block = grown;
        for (size_t i = size > 70001 ? size - 70001 : 0; i < size; i += 997) {
            block[i] = (unsigned char)(size >> 8);
        }
        ck_assert(is_open(block + size - 1));
        ck_assert(!is_open(page_after(block + size)));
        ck_assert(!is_open(page_of(block) - 1));
    }
    ck_assert_uint_lt(moved, 16);
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_what_a_shrunk_block_loses_is_guard)
{
    start_usual(ways[_i]);
    unsigned char *block = take(1000000);
    memset(block, 1, 1000000);
    ck_assert_ptr_eq(resize(block, 500000), block);
    for (unsigned char *at = page_after(block + 500000); at < block + 1000000; at += OS_PAGE) {
        ck_assert(!is_open(at));
    }
    ck_assert_ptr_eq(resize(block, 900000), block);
    for (size_t i = 0; i < 900000; i++) {
        if (i < 500000 || i >= 500000 + OS_PAGE) {
            ck_assert_uint_eq(block[i], i < 500000);
        }
    }
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_where_all_blocks_are_guarded_realloc_keeps_to_the_guard)
{
    start(ways[_i], GUARD_ALL, GUARD_SIDE_AFTER);
    unsigned char *block = take(40000);
    memset(block, 1, 40000);
    for (size_t size = 40000; size < 500000; size += 12345) {
        block = resize(block, size);
        ck_assert_int_lt(page_after(block + size) - (block + size), 16);
        ck_assert_uint_eq(block[39999], 1);
    }
    for (size_t size = 500000; size > 40000; size -= 12345) {
        block = resize(block, size);
        ck_assert_int_lt(page_after(block + size) - (block + size), 16);
        ck_assert_uint_eq(block[39999], 1);
    }
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(test_contents_move_to_a_place_between_guards)
{
    start_usual(ways[_i]);
    size_t size = 3 * (size_t)MIB;
    unsigned char *block = take(size), *in_the_way;
    memset(block, 1, size);
    for (int i = 0; i < 4; i++) {
        in_the_way = take(16 * MIB); /* takes what it could grow into */
        unsigned char *grown = resize(block, 2 * size);
        for (size_t at = 0; at < 2 * size; at += 499) {
            ck_assert_uint_eq(grown[at], at < size);
        }
        memset(grown, 1, 2 * size);
        ck_assert(!is_open(page_after(grown + 2 * size)));
        ck_assert(!is_open(page_of(grown) - 1));
        if (grown != block) {
            ck_assert(!is_open(block));
        }
        block = grown;
        size *= 2;
        give(in_the_way);
    }
    give(block);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_loop_test(all, test_growth_in_place_moves_the_guard, 0, WAYS);
    tcase_add_loop_test(all, test_what_a_shrunk_block_loses_is_guard, 0, WAYS);
    tcase_add_loop_test(all, test_where_all_blocks_are_guarded_realloc_keeps_to_the_guard, 0, WAYS);
    tcase_add_loop_test(all, test_contents_move_to_a_place_between_guards, 0, WAYS);
}

int main(void)
{
    return suite_run("large_guards_resize", add);
}
