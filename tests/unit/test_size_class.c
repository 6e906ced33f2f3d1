/* heap/size_class: which slot a size goes to. */
#include "heap/size_class.h"

#include "support/suite.h"

START_TEST(test_a_slot_size_belongs_to_its_own_class)
{
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        ck_assert_uint_eq(size_class_of(size_class_slot_bytes(c)), c);
    }
}
END_TEST

START_TEST(test_slot_sizes_rise)
{
    for (unsigned c = 1; c < SIZE_CLASSES; c++) {
        ck_assert_uint_gt(size_class_slot_bytes(c), size_class_slot_bytes(c - 1));
    }
}
END_TEST

START_TEST(test_slots_keep_the_alignment_of_16)
{
    for (unsigned c = 0; c < SIZE_CLASSES; c++) {
        ck_assert_uint_eq(size_class_slot_bytes(c) % 16, 0);
    }
}
END_TEST

START_TEST(test_classes_reach_from_the_least_slot_to_the_most)
{
    ck_assert_uint_eq(size_class_of(0), 0);
    ck_assert_uint_eq(size_class_slot_bytes(0), SLOT_LEAST);
    ck_assert_uint_eq(size_class_of(SLOT_MOST), SIZE_CLASSES - 1);
    ck_assert_uint_eq(size_class_slot_bytes(SIZE_CLASSES - 1), SLOT_MOST);
}
END_TEST

START_TEST(test_every_size_goes_to_the_smallest_class_that_holds_it)
{
    for (size_t bytes = 1; bytes <= SLOT_MOST; bytes++) {
        unsigned c = size_class_of(bytes);
        ck_assert_uint_lt(c, SIZE_CLASSES);
        ck_assert_uint_le(bytes, size_class_slot_bytes(c));
        ck_assert(c == 0 || bytes > size_class_slot_bytes(c - 1));
    }
}
END_TEST

START_TEST(test_a_power_of_two_and_its_canary_take_16_bytes_more)
{
    for (size_t size = 16; size <= 32768; size *= 2) {
        ck_assert_uint_eq(size_class_slot_bytes(size_class_of(size + 8)), size + 16);
    }
}
END_TEST

START_TEST(test_no_more_than_a_quarter_is_wasted_on_rounding)
{
    for (size_t bytes = 64; bytes <= SLOT_MOST; bytes++) {
        size_t waste = size_class_slot_bytes(size_class_of(bytes)) - bytes;
        ck_assert_uint_le(waste, bytes / 4);
    }
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_slot_size_belongs_to_its_own_class);
    tcase_add_test(tests, test_slot_sizes_rise);
    tcase_add_test(tests, test_slots_keep_the_alignment_of_16);
    tcase_add_test(tests, test_classes_reach_from_the_least_slot_to_the_most);
    tcase_add_test(tests, test_every_size_goes_to_the_smallest_class_that_holds_it);
    tcase_add_test(tests, test_a_power_of_two_and_its_canary_take_16_bytes_more);
    tcase_add_test(tests, test_no_more_than_a_quarter_is_wasted_on_rounding);
}

int main(void)
{
    return suite_run("size_class", add);
}
