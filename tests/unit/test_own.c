/* os/own: memory for our own records. */
#include "os/own.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "os/pages.h"
#include "support/suite.h"

static const size_t sizes[] = {1, 15, 16, 17, 100, 4096, 5000, 65536, 65537, 1000000};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static bool is_zero(const char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

START_TEST(test_pieces_are_aligned_and_zero_and_do_not_overlap)
{
    char *pieces[SIZES];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < SIZES; i++) {
            pieces[i] = own_alloc(sizes[i]);
            ck_assert_ptr_nonnull(pieces[i]);
            ck_assert_uint_eq((uintptr_t)pieces[i] % 16, 0);
            ck_assert(is_zero(pieces[i], sizes[i]));
            memset(pieces[i], i + 1, sizes[i]);
        }
        for (int i = 0; i < SIZES; i++) {
            ck_assert_int_eq(pieces[i][0], i + 1);
            ck_assert_int_eq(pieces[i][sizes[i] - 1], i + 1);
            own_free(pieces[i], sizes[i]);
        }
    }
}
END_TEST

START_TEST(test_freed_pieces_serve_again)
{
    void *first = own_alloc(100);
    own_free(first, 100);
    size_t before = own_total_bytes();
    for (int i = 0; i < 100000; i++) {
        own_free(own_alloc(100), 100);
    }
    ck_assert_uint_eq(own_total_bytes(), before);
}
END_TEST

START_TEST(test_large_pieces_go_back_to_the_system)
{
    size_t before = own_total_bytes();
    void *at = own_alloc(1000000);
    ck_assert_uint_ge(own_total_bytes(), before + 1000000);
    own_free(at, 1000000);
    ck_assert_uint_eq(own_total_bytes(), before);
}
END_TEST

struct search {
    uintptr_t address;
    int found;
};

static void look(void *context, uintptr_t start, uintptr_t end)
{
    struct search *search = context;
    search->found += search->address >= start && search->address < end;
}

static int ranges_with(const void *at)
{
    struct search search = {.address = (uintptr_t)at};
    own_each_range(look, &search);
    return search.found;
}

START_TEST(test_every_piece_lies_in_one_known_range)
{
    for (int i = 0; i < SIZES; i++) {
        char *at = own_alloc(sizes[i]);
        ck_assert_int_eq(ranges_with(at), 1);
        ck_assert_int_eq(ranges_with(at + sizes[i] - 1), 1);
        own_free(at, sizes[i]);
    }
    for (int i = 0; i < 1000; i++) { /* many chunks */
        ck_assert_int_eq(ranges_with(own_alloc(3000)), 1);
    }
    void *large = own_alloc(200000);
    own_free(large, 200000);
    ck_assert_int_eq(ranges_with(large), 0);
}
END_TEST

START_TEST(test_no_memory_is_an_answer_and_later_calls_work)
{
    os_pages_fail_at(1, true);
    while (own_alloc(40000)) { /* what is left of the chunk */
    }
    ck_assert_ptr_null(own_alloc(1000000));
    os_pages_fail_at(0, false);
    ck_assert_ptr_nonnull(own_alloc(40000));
    ck_assert_ptr_nonnull(own_alloc(1000000));
}
END_TEST

static void *churn(void *context)
{
    unsigned seed = (unsigned)(uintptr_t)context;
    unsigned char *kept[32] = {0};
    size_t bytes[32] = {0};
    for (int i = 0; i < 20000; i++) {
        unsigned at = (unsigned)rand_r(&seed) % 32;
        if (kept[at]) {
            ck_assert_uint_eq(kept[at][0], at + 1);
            ck_assert_uint_eq(kept[at][bytes[at] - 1], at + 1);
        }
        own_free(kept[at], bytes[at]);
        bytes[at] = 1 + (size_t)rand_r(&seed) % 3000;
        kept[at] = own_alloc(bytes[at]);
        kept[at][0] = kept[at][bytes[at] - 1] = (unsigned char)(at + 1);
    }
    return NULL;
}

START_TEST(test_threads_do_not_get_each_others_pieces)
{
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_pieces_are_aligned_and_zero_and_do_not_overlap);
    tcase_add_test(all, test_freed_pieces_serve_again);
    tcase_add_test(all, test_large_pieces_go_back_to_the_system);
    tcase_add_test(all, test_every_piece_lies_in_one_known_range);
    tcase_add_test(all, test_no_memory_is_an_answer_and_later_calls_work);
    tcase_add_test(all, test_threads_do_not_get_each_others_pieces);
}

int main(void)
{
    return suite_run("own", add);
}
