/* alloc/record_owner: from a record back to its block. */
#include "alloc/record_owner.h"

#include "alloc/ref.h"
#include "support/live_heap.h"
#include "support/suite.h"

static void assert_leads_back(const void *block)
{
    struct ref ref;
    ck_assert(ref_find_anywhere((uintptr_t)block, &ref));
    const char *record = (const char *)ref.record;
    for (size_t i = 0; i < sizeof(struct record); i++) {
        struct block_info info;
        ck_assert(record_owner((uintptr_t)record + i, &info));
        ck_assert_ptr_eq((void *)info.address, block);
    }
}

START_TEST(test_a_record_leads_to_its_block)
{
    static const size_t sizes[] = {0, 1, 24, 1000, 5000, 30000, 40000, 3000000};
    live_heap_start();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_leads_back(take(sizes[i]));
        assert_leads_back(take(sizes[i]));
    }
    assert_leads_back(take_aligned(100, 256));
}
END_TEST

START_TEST(test_a_guarded_blocks_record_leads_to_it)
{
    struct heap_config config = live_heap_usual();
    config.guards_best = GUARDS_MPROTECT;
    config.guard = GUARD_ALL;
    live_heap_start_with(config);
    assert_leads_back(take(24));
    assert_leads_back(take(7000));
}
END_TEST

START_TEST(test_a_freed_blocks_record_leads_to_it)
{
    live_heap_start();
    void *block = take(24);
    give(block);
    assert_leads_back(block);
}
END_TEST

START_TEST(test_what_is_no_record_leads_nowhere)
{
    live_heap_start();
    struct block_info info;
    char *block = take(24), *large = take(100000);
    int local;
    ck_assert(!record_owner((uintptr_t)block, &info));
    ck_assert(!record_owner((uintptr_t)large, &info));
    ck_assert(!record_owner((uintptr_t)&local, &info));
    ck_assert(!record_owner(0, &info));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_record_leads_to_its_block);
    tcase_add_test(tests, test_a_guarded_blocks_record_leads_to_it);
    tcase_add_test(tests, test_a_freed_blocks_record_leads_to_it);
    tcase_add_test(tests, test_what_is_no_record_leads_nowhere);
}

int main(void)
{
    return suite_run("record_owner", add);
}
