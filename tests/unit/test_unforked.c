/* inspect/unforked: what is kept from copies of the process matters where a scan would miss it. */
#include "inspect/unforked.h"

#include <check.h>
#include <stdint.h>
#include <sys/mman.h>

#include "os/pages.h"
#include "support/fake_heap.h"
#include "support/suite.h"

enum { PAGES = 4, BYTES = PAGES * OS_PAGE };

static uintptr_t *mapped;

static void start(void)
{
    fake_clear();
    mapped = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(mapped, MAP_FAILED);
}

static void finish(void)
{
    unforked_forget(0, UINTPTR_MAX);
    munmap(mapped, BYTES);
}

static bool note(void)
{
    return unforked_note((uintptr_t)mapped, (uintptr_t)mapped + BYTES);
}

START_TEST(test_nothing_kept_back_does_not_matter)
{
    ck_assert(!unforked_matters());
}
END_TEST

START_TEST(test_memory_without_a_pointer_does_not_matter)
{
    mapped[700] = 5;
    ck_assert(note());
    ck_assert(!note()); /* known */
    ck_assert(!unforked_matters());
}
END_TEST

START_TEST(test_a_pointer_in_it_matters_until_it_is_copied_again)
{
    fake_block block = fake_make(64, FAKE_STACKS);
    fake_point((void *)&mapped[700], block, 8);
    ck_assert(note());
    ck_assert(unforked_matters());
    unforked_forget((uintptr_t)mapped + OS_PAGE, (uintptr_t)mapped + BYTES); /* a part: no */
    ck_assert(unforked_matters());
    unforked_forget((uintptr_t)mapped, (uintptr_t)mapped + BYTES);
    ck_assert(!unforked_matters());
}
END_TEST

START_TEST(test_a_part_of_the_heap_matters)
{
    fake_block block = fake_make(64, FAKE_STACKS);
    uintptr_t page = ~fake_masked_address(block) & ~(uintptr_t)(OS_PAGE - 1);
    ck_assert(unforked_note(page, page + OS_PAGE));
    ck_assert(unforked_matters());
}
END_TEST

START_TEST(test_memory_that_has_gone_does_not_matter)
{
    ck_assert(note());
    ck_assert_int_eq(munmap(mapped, BYTES), 0);
    ck_assert(!unforked_matters());
}
END_TEST

START_TEST(test_more_ranges_than_there_is_room_for_all_matter)
{
    for (uintptr_t i = 1; i < 1000; i++) {
        unforked_note(i * OS_PAGE, i * OS_PAGE + 1);
    }
    ck_assert(unforked_matters());
}
END_TEST

static void add(TCase *all)
{
    tcase_add_checked_fixture(all, start, finish);
    tcase_add_test(all, test_nothing_kept_back_does_not_matter);
    tcase_add_test(all, test_memory_without_a_pointer_does_not_matter);
    tcase_add_test(all, test_a_pointer_in_it_matters_until_it_is_copied_again);
    tcase_add_test(all, test_a_part_of_the_heap_matters);
    tcase_add_test(all, test_memory_that_has_gone_does_not_matter);
    tcase_add_test(all, test_more_ranges_than_there_is_room_for_all_matter);
}

int main(void)
{
    return suite_run("unforked", add);
}
