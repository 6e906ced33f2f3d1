/* A leak check for each test case, with Check: the test that leaks is the one that fails, and the
 * failure shows where the block was allocated. Without Coalmine the tests run as ever.
 *
 *     cc -g leaks_check.c $(pkg-config --cflags --libs check coalmine) -o leaks_check
 *     ./leaks_check              or, linked without -lcoalmine:  coalmine ./leaks_check */
#include <check.h>
#include <coalmine/coalmine.h>
#include <stdlib.h>
#include <string.h>

/* What is tested. */
static char *join(const char *first, const char *second)
{
    char *joined = malloc(strlen(first) + strlen(second) + 1);
    return strcat(strcpy(joined, first), second);
}

static uint32_t mark;

static void before_test(void)
{
    mark = coalmine_mark ? coalmine_mark() : 0;
}

static void after_test(void)
{
    struct coalmine_leaks leaks;
    if (!coalmine_leak_check) {
        return;
    }
    if (coalmine_leak_check(mark, &leaks) != 0) {
        ck_abort_msg("leaked:\n%s", leaks.text); /* does not come back */
    }
    coalmine_leaks_free(&leaks);
}

START_TEST(test_that_releases)
{
    char *joined = join("coal", "mine");
    ck_assert_str_eq(joined, "coalmine");
    free(joined);
}
END_TEST

START_TEST(test_that_leaks)
{
    char *joined = join("coal", "mine");
    ck_assert_str_eq(joined, "coalmine");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("join");
    TCase *tests = tcase_create("leaks");
    tcase_add_checked_fixture(tests, before_test, after_test);
    tcase_add_test(tests, test_that_releases);
    tcase_add_test(tests, test_that_leaks);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK); /* else each child reports its leak as well */
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
