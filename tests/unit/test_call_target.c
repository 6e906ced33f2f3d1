/* os/call_target: what a call into another module was meant for. */
#include "os/call_target.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>

#include "support/suite.h"

static NOINLINE uintptr_t return_address(void)
{
    return (uintptr_t)__builtin_return_address(0);
}

START_TEST(test_a_call_into_a_library_has_its_name)
{
    void *frames[2];
    struct os_call_target target;
    ck_assert_int_eq(backtrace(frames, 2), 2);
    ck_assert(os_call_target((uintptr_t)frames[0], &target));
    ck_assert_str_eq(target.name, "backtrace");
    ck_assert_uint_eq(target.address, (uintptr_t)dlsym(RTLD_DEFAULT, "backtrace"));
}
END_TEST

START_TEST(test_a_call_by_a_pointer_has_none)
{
    int (*volatile pointer)(void **, int) = backtrace;
    void *frames[2];
    struct os_call_target target;
    ck_assert_int_eq(pointer(frames, 2), 2);
    ck_assert(!os_call_target((uintptr_t)frames[0], &target));
}
END_TEST

START_TEST(test_a_call_within_a_module_has_none)
{
    struct os_call_target target;
    ck_assert(!os_call_target(return_address(), &target));
}
END_TEST

START_TEST(test_what_is_no_code_is_none)
{
    struct os_call_target target;
    unsigned char *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(page, MAP_FAILED);
    page[10] = 0xff;
    page[11] = 0x15;
    ck_assert(!os_call_target((uintptr_t)page + 16, &target));
    page[11] = 0xe8; /* to itself, where no stub is */
    ck_assert(!os_call_target((uintptr_t)page + 16, &target));
    ck_assert(!os_call_target((uintptr_t)page + 2, &target));
    ck_assert(!os_call_target(0, &target));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_call_into_a_library_has_its_name);
    tcase_add_test(tests, test_a_call_by_a_pointer_has_none);
    tcase_add_test(tests, test_a_call_within_a_module_has_none);
    tcase_add_test(tests, test_what_is_no_code_is_none);
}

int main(void)
{
    return suite_run("call_target", add);
}
