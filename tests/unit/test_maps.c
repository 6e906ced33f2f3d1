/* os/maps and os/touched: the process's mappings and which of their pages were used. */
#include "os/maps.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/peek.h"
#include "os/touched.h"
#include "support/suite.h"

enum { PAGE = 4096, MANY_RUNS = 256 };

struct search {
    uintptr_t address;
    bool found;
    struct os_map map;
    char path[8192];
    size_t visited;
    uintptr_t last_end;
};

static bool look(void *context, const struct os_map *map)
{
    struct search *search = context;
    search->visited++;
    ck_assert_uint_le(search->last_end, map->start);
    ck_assert_uint_lt(map->start, map->end);
    search->last_end = map->end;
    if (search->address >= map->start && search->address < map->end) {
        search->found = true;
        search->map = *map;
        strcpy(search->path, map->path);
    }
    return true;
}

static struct search search_for(const void *address)
{
    struct search search = {.address = (uintptr_t)address};
    ck_assert(os_maps_each(look, &search));
    return search;
}

START_TEST(test_protection_and_extent_are_told)
{
    char *at = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_int_eq(mprotect(at + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE), 0);
    struct search search = search_for(at + PAGE);
    ck_assert(search.found);
    ck_assert_uint_eq(search.map.start, (uintptr_t)at + PAGE);
    ck_assert_uint_eq(search.map.end, (uintptr_t)at + 3 * PAGE);
    ck_assert(search.map.readable && search.map.writable);
    ck_assert(!search.map.executable && !search.map.shared);
    ck_assert_str_eq(search.path, "");
    struct search barrier = search_for(at);
    ck_assert(barrier.found && !barrier.map.readable && !barrier.map.writable);
    munmap(at, 4 * PAGE);
}
END_TEST

START_TEST(test_file_offset_and_inode_are_told)
{
    char path[] = "/tmp/coalmine maps XXXXXX"; /* with spaces in its name */
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 3 * PAGE), 0);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE);
    struct stat status;
    ck_assert_int_eq(fstat(fd, &status), 0);
    struct search search = search_for(at);
    ck_assert(search.found && search.map.shared);
    ck_assert_str_eq(search.path, path);
    ck_assert_uint_eq(search.map.offset, 2 * PAGE);
    ck_assert_uint_eq(search.map.inode, status.st_ino);
    munmap(at, PAGE);
    unlink(path);
    close(fd);
}
END_TEST

START_TEST(test_code_and_stack_are_known_by_name)
{
    int local = 0;
    struct search stack = search_for(&local);
    ck_assert_str_eq(stack.path, "[stack]");
    struct search code = search_for((const void *)(uintptr_t)&search_for);
    ck_assert(code.found && code.map.executable);
    ck_assert(strstr(code.path, "test_maps") != NULL);
}
END_TEST

START_TEST(test_thousands_of_mappings_are_all_visited)
{
    enum { MANY = 5000 };
    char *at = mmap(NULL, 2 * MANY * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_int_eq(mprotect(at + 2 * i * PAGE, PAGE, PROT_READ), 0);
    }
    struct search search = search_for(at + (2 * MANY - 1) * PAGE);
    ck_assert(search.found);
    ck_assert_uint_gt(search.visited, 2 * MANY - 1);
    munmap(at, 2 * MANY * PAGE);
}
END_TEST

/* Deep enough that the line with the path is longer than any one read. */
START_TEST(test_a_path_as_long_as_can_be_is_cut_at_most)
{
    char name[201], top[] = "/tmp/coalmine-maps-XXXXXX", start[4096];
    memset(name, 'n', 200);
    name[200] = '\0';
    ck_assert_ptr_nonnull(getcwd(start, sizeof start));
    ck_assert_ptr_nonnull(mkdtemp(top));
    ck_assert_int_eq(chdir(top), 0);
    int depth = 0;
    while (depth < 24 && mkdir(name, 0700) == 0 && chdir(name) == 0) {
        depth++;
    }
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    struct search search = search_for(at);
    ck_assert(search.found);
    ck_assert_uint_eq(search.map.start, (uintptr_t)at);
    munmap(at, PAGE);
    close(fd);
    unlink("file");
    for (; depth > 0; depth--) {
        ck_assert_int_eq(chdir(".."), 0);
        ck_assert_int_eq(rmdir(name), 0);
    }
    ck_assert_int_eq(chdir(start), 0);
    rmdir(top);
}
END_TEST

static bool stop_at_once(void *context, const struct os_map *map UNUSED)
{
    ++*(int *)context;
    return false;
}

START_TEST(test_a_visit_can_end_early_and_errno_stays)
{
    int visits = 0;
    errno = EDOM;
    ck_assert(os_maps_each(stop_at_once, &visits));
    ck_assert_int_eq(visits, 1);
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

struct runs {
    uintptr_t start[MANY_RUNS], end[MANY_RUNS];
    size_t count;
};

static void note_run(void *context, uintptr_t start, uintptr_t end)
{
    struct runs *runs = context;
    ck_assert_uint_lt(runs->count, MANY_RUNS);
    runs->start[runs->count] = start;
    runs->end[runs->count++] = end;
}

static void check_touched(const struct os_touched *touched)
{
    enum { PAGES = 2000 };
    char *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at[5 * PAGE] = at[6 * PAGE] = at[1000 * PAGE] = at[(PAGES - 1) * PAGE] = 1;
    struct runs runs = {.count = 0};
    uintptr_t base = (uintptr_t)at;
    os_touched_each(touched, base + 16, base + PAGES * PAGE - 16, true, note_run, &runs);
    ck_assert_uint_eq(runs.count, 3);
    ck_assert_uint_eq(runs.start[0], base + 5 * PAGE);
    ck_assert_uint_eq(runs.end[0], base + 7 * PAGE);
    ck_assert_uint_eq(runs.start[1], base + 1000 * PAGE);
    ck_assert_uint_eq(runs.end[2], base + PAGES * PAGE - 16);
    runs.count = 0;
    os_touched_each(touched, base + 5 * PAGE + 24, base + 5 * PAGE + 32, true, note_run, &runs);
    ck_assert_uint_eq(runs.count, 1);
    ck_assert_uint_eq(runs.start[0], base + 5 * PAGE + 24);
    ck_assert_uint_eq(runs.end[0], base + 5 * PAGE + 32);
    munmap(at, PAGES * PAGE);
}

START_TEST(test_only_used_pages_are_visited)
{
    struct os_touched touched;
    os_touched_open(&touched);
    check_touched(&touched);
    os_touched_close(&touched);
}
END_TEST

START_TEST(test_only_used_pages_are_visited_word_by_word)
{
    struct os_touched touched;
    os_touched_open(&touched);
    touched.can_scan = false;
    check_touched(&touched);
    os_touched_close(&touched);
}
END_TEST

START_TEST(test_only_used_pages_are_visited_without_a_page_map)
{
    struct os_touched touched = {.pagemap = -1, .never_swapped = true};
    check_touched(&touched);
}
END_TEST

START_TEST(test_more_runs_than_one_answer_holds)
{
    enum { PAGES = 2 * (MANY_RUNS - 1) };
    char *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < PAGES; i += 2) {
        at[i * PAGE] = 1;
    }
    struct os_touched touched;
    os_touched_open(&touched);
    struct runs runs = {.count = 0};
    os_touched_each(&touched, (uintptr_t)at, (uintptr_t)at + PAGES * PAGE, true, note_run, &runs);
    os_touched_close(&touched);
    ck_assert_uint_eq(runs.count, MANY_RUNS - 1);
    for (size_t i = 0; i < runs.count; i++) {
        ck_assert_uint_eq(runs.start[i], (uintptr_t)at + 2 * i * PAGE);
        ck_assert_uint_eq(runs.end[i], runs.start[i] + PAGE);
    }
    munmap(at, PAGES * PAGE);
}
END_TEST

START_TEST(test_all_is_visited_where_nothing_is_known)
{
    struct os_touched touched = {.pagemap = -1};
    struct runs runs = {.count = 0};
    os_touched_each(&touched, 0x10010, 0x90018, true, note_run, &runs);
    ck_assert_uint_eq(runs.count, 1);
    ck_assert_uint_eq(runs.start[0], 0x10010);
    ck_assert_uint_eq(runs.end[0], 0x90018);
}
END_TEST

START_TEST(test_peek_reads_up_to_what_cannot_be_read)
{
    char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(at, 7, 3 * PAGE);
    ck_assert_int_eq(mprotect(at + 2 * PAGE, PAGE, PROT_NONE), 0);
    char copy[3 * PAGE] = {0};
    errno = EDOM;
    ck_assert_uint_eq(os_peek((uintptr_t)at + 100, copy, 3 * PAGE - 100), 2 * PAGE - 100);
    ck_assert_int_eq(copy[2 * PAGE - 101], 7);
    ck_assert_uint_eq(os_peek((uintptr_t)at + 2 * PAGE, copy, 8), 0);
    ck_assert_uint_eq(os_peek(1, copy, 8), 0);
    ck_assert_uint_eq(os_peek(UINTPTR_MAX - 7, copy, 8), 0);
    ck_assert_int_eq(errno, EDOM);
    munmap(at, 3 * PAGE);
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_protection_and_extent_are_told);
    tcase_add_test(all, test_file_offset_and_inode_are_told);
    tcase_add_test(all, test_code_and_stack_are_known_by_name);
    tcase_add_test(all, test_thousands_of_mappings_are_all_visited);
    tcase_add_test(all, test_a_path_as_long_as_can_be_is_cut_at_most);
    tcase_add_test(all, test_a_visit_can_end_early_and_errno_stays);
    tcase_add_test(all, test_only_used_pages_are_visited);
    tcase_add_test(all, test_only_used_pages_are_visited_word_by_word);
    tcase_add_test(all, test_only_used_pages_are_visited_without_a_page_map);
    tcase_add_test(all, test_more_runs_than_one_answer_holds);
    tcase_add_test(all, test_all_is_visited_where_nothing_is_known);
    tcase_add_test(all, test_peek_reads_up_to_what_cannot_be_read);
}

int main(void)
{
    return suite_run("maps", add);
}
