/* report/text, report/summary: the words of each kind of finding, as a user reads them. */
#include "report/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/trace.h"
#include "report/words.h"
#include "support/suite.h"
#include "support/told.h"

static char room[8192];

START_TEST(test_double_free_names_three_calls)
{
    struct told_error error = error_of(FINDING_DOUBLE_FREE, DETECTED_FREE);
    error.finding.block.state = BLOCK_FREED;
    error.access = named;
    error.access_thread = main_thread;
    error.release = unnamed;
    error.free_thread = worker;
    expect(&error, "==7== coalmine: ERROR: double-free on address 0x1000\n"
                   "  free was called on a 24-byte block that had already been freed.\n"
                   "  Freed again by thread 7 (demo) at:\n" INNER
                   "  First freed by thread 9 (worker) at:\n" BARE
                   "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_unknown_parts_are_left_out)
{
    struct told_error error = error_of(FINDING_DOUBLE_FREE, DETECTED_REALLOC);
    error.finding.function = API_REALLOC;
    error.alloc = (struct trace){0};
    error.alloc_thread = (struct thread_name){0};
    error.access_thread = (struct thread_name){7, ""};
    expect(&error, "==7== coalmine: ERROR: double-free on address 0x1000\n"
                   "  realloc was called on a 24-byte block that had already been freed.\n"
                   "  Passed to realloc by thread 7.\n"
                   "  Allocated with malloc.\n\n");
}
END_TEST

START_TEST(test_interior_free_says_how_far_into_which_block)
{
    struct told_error error = error_of(FINDING_INVALID_FREE, DETECTED_FREE);
    error.finding.pointer = 0x1010;
    error.finding.has_offset = true;
    error.finding.offset = 16;
    error.access = unnamed;
    error.access_thread = main_thread;
    expect(&error,
           "==7== coalmine: ERROR: invalid-free on address 0x1010\n"
           "  free was called with an address 16 bytes into a 24-byte block at 0x1000; only its "
           "start can be released.\n"
           "  Called by thread 7 (demo) at:\n" BARE
           "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_foreign_free_says_what_the_address_is)
{
    struct told_error error = error_of(FINDING_INVALID_FREE, DETECTED_FREE);
    error.finding.has_block = false;
    error.finding.pointer = 0x7ffc0010;
    strcpy(error.place, "in the stack of this thread");
    error.access = named;
    error.access_thread = main_thread;
    expect(&error,
           "==7== coalmine: ERROR: invalid-free on address 0x7ffc0010\n"
           "  free was called with 0x7ffc0010, which is no heap block: it is in the stack of this "
           "thread.\n"
           "  Called by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_mismatch_names_the_right_release)
{
    struct told_error error = error_of(FINDING_MISMATCH, DETECTED_FREE);
    error.finding.block.via = API_NEW_ARRAY;
    error.access = named;
    error.access_thread = main_thread;
    expect(&error, "==7== coalmine: ERROR: alloc-dealloc-mismatch on address 0x1000\n"
                   "  A 24-byte block allocated by operator new[] was released by free; it needs "
                   "operator delete[].\n"
                   "  Released by thread 7 (demo) at:\n" INNER
                   "  Allocated with operator new[] by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_sized_and_aligned_delete_say_both_figures)
{
    struct told_error error = error_of(FINDING_MISMATCH, DETECTED_FREE);
    error.finding.block.via = API_NEW;
    error.finding.function = API_DELETE;
    error.finding.has_given_size = true;
    error.finding.given_size = 32;
    error.finding.has_given_alignment = true;
    error.finding.given_alignment = 64;
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_error(&out, &style, &error);
    ck_assert_ptr_nonnull(
        strstr(room, "  operator delete was told a size of 32 for a 24-byte block.\n"));
    error.finding.given_size = 24;
    strbuf_init(&out, room, sizeof room);
    text_error(&out, &style, &error);
    ck_assert_ptr_nonnull(strstr(room, "  operator delete was told an alignment of 64 for a block "
                                       "allocated with alignment 16.\n"));
}
END_TEST

START_TEST(test_sizes_that_are_mistakes_show_as_signed_too)
{
    struct told_error error = {.finding = {.kind = FINDING_INVALID_SIZE,
                                           .detected = DETECTED_CALL,
                                           .function = API_MALLOC,
                                           .has_given_size = true,
                                           .given_size = SIZE_MAX},
                               .access = unnamed,
                               .access_thread = main_thread};
    expect(
        &error,
        "==7== coalmine: ERROR: invalid-size in malloc\n"
        "  malloc was asked for 18446744073709551615 (-1 as a signed number) bytes: more than any "
        "block can be.\n"
        "  Called by thread 7 (demo) at:\n" BARE "\n");
    error.finding.function = API_CALLOC;
    error.finding.has_given_count = true;
    error.finding.given_count = SIZE_MAX / 4;
    error.finding.given_size = 8;
    expect(&error,
           "==7== coalmine: ERROR: invalid-size in calloc\n"
           "  calloc was asked for 4611686018427387903 times 8 bytes: more than a size can say, or "
           "any block can be.\n"
           "  Called by thread 7 (demo) at:\n" BARE "\n");
}
END_TEST

START_TEST(test_alignment_that_is_no_power_of_two)
{
    struct told_error error = {.finding = {.kind = FINDING_INVALID_ALIGNMENT,
                                           .detected = DETECTED_CALL,
                                           .function = API_MEMALIGN,
                                           .has_given_alignment = true,
                                           .given_alignment = 3},
                               .access = named,
                               .access_thread = main_thread};
    expect(&error, "==7== coalmine: ERROR: invalid-alignment in memalign\n"
                   "  memalign was asked for an alignment of 3, which is no power of two.\n"
                   "  Called by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_leak_counts_what_only_it_led_to)
{
    struct told_leak leak = {.group = {.blocks = 2,
                                       .bytes = 48,
                                       .indirect_blocks = 1,
                                       .indirect_bytes = 9,
                                       .example = 0x2000},
                             .via = API_COUNT,
                             .stack = named};
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_leak(&out, &style, &leak);
    ck_assert_str_eq(room,
                     "==7== coalmine: ERROR: leak: definite: 48 bytes in 2 blocks, and 9 bytes in "
                     "1 block reachable only from them\n"
                     "  Nothing points to these blocks any more; the first is at 0x2000.\n"
                     "  Allocated at:\n" INNER "\n");
}
END_TEST

START_TEST(test_leak_says_what_its_kind_means_and_which_budget_it_exceeds)
{
    struct suppression budget = {.name = "leak:cache",
                                 .file = "a.supp",
                                 .line = 3,
                                 .has_budget = true,
                                 .most_bytes = 8,
                                 .most_blocks = 1};
    struct told_leak leak = {.group = {.kind = LEAK_POSSIBLE, .blocks = 1, .bytes = 9},
                             .via = API_NEW,
                             .match = &budget,
                             .stack = named};
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_leak(&out, &style, &leak);
    ck_assert_str_eq(room, "==7== coalmine: ERROR: leak: possible: 9 bytes in 1 block\n"
                           "  Pointers into the block are left, but none to its start: it is at "
                           "0x0.\n"
                           "  Suppressed by leak:cache (a.supp:3) only up to its budget: at most 8 "
                           "bytes, 1 block.\n"
                           "  Allocated with operator new at:\n" INNER "\n");
}
END_TEST

START_TEST(test_summary_counts_by_kind_and_names_repeats)
{
    struct told_error error = error_of(FINDING_DOUBLE_FREE, DETECTED_FREE);
    error.access = named;
    error.count = 15;
    const struct leak_report leaks = {.blocks = 2,
                                      .bytes = 48,
                                      .indirect_blocks = 1,
                                      .indirect_bytes = 9,
                                      .of = {[LEAK_DEFINITE] = {2, 48}, [LEAK_INDIRECT] = {1, 9}}};
    const char *const incomplete[] = {"3 stacks could not be read to the end"};
    struct told_run run = {.errors = &error,
                           .error_count = 15,
                           .leaks = &leaks,
                           .incomplete = incomplete,
                           .incomplete_count = 1,
                           .heap = {.allocations = 123,
                                    .frees = 120,
                                    .live_blocks = 3,
                                    .live_bytes = 57,
                                    .peak_bytes = 75000,
                                    .guarded = 41,
                                    .guarded_by_mprotect = 1,
                                    .unguarded = 7}};
    run.kind_counts[FINDING_DOUBLE_FREE] = 15;
    run.left_out[LEAK_POSSIBLE] = (struct leak_sum){1, 7};
    struct suppression unused = {.name = "old", .file = "a.supp", .line = 9};
    struct suppression used = {.next = &unused,
                               .name = "leak:cache",
                               .file = "a.supp",
                               .line = 3,
                               .found = {.groups = 1},
                               .hidden = {.groups = 1, .blocks = 4, .bytes = 100, .errors = 1}};
    run.suppressions = &used;
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_summary(&out, &style, &run);
    ck_assert_str_eq(
        room, "==7== coalmine: SUMMARY: 15 errors, 57 bytes in 3 blocks leaked\n"
              "  double-free: 15\n"
              "    15 times from copy_name names.c:14, shown once\n"
              "  leaked: definite 48 bytes in 2 blocks, indirect 9 bytes in 1 block\n"
              "  not among leak_kinds: possible 7 bytes in 1 block\n"
              "  suppressed: 100 bytes in 4 blocks, 1 error\n"
              "    100 bytes in 4 blocks, 1 error by leak:cache (a.supp:3)\n"
              "  suppressions that hid nothing: 1\n"
              "    old (a.supp:9)\n"
              "  incomplete: 3 stacks could not be read to the end\n"
              "  heap: 123 allocations, peak 73.2 KiB, 120 frees, 3 still live (57 bytes)\n"
              "  guards: 40 blocks by madvise, 1 block by mprotect, 7 blocks with canaries only\n");
}
END_TEST

START_TEST(test_clean_run_is_one_line)
{
    const struct leak_report leaks = {0};
    struct told_run run = {.leaks = &leaks, .heap = {.allocations = 1, .peak_bytes = 10}};
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_clean(&out, &style, &run);
    ck_assert_str_eq(room, "==7== coalmine: no errors, no leaks (1 allocation, peak 10 bytes)\n");
    run.leaks = NULL;
    strbuf_init(&out, room, sizeof room);
    text_clean(&out, &style, &run);
    ck_assert_str_eq(
        room, "==7== coalmine: no errors (leaks not looked for; 1 allocation, peak 10 bytes)\n");
}
END_TEST

START_TEST(test_color_marks_kind_and_labels_only_when_asked)
{
    struct told_error error = error_of(FINDING_DOUBLE_FREE, DETECTED_FREE);
    const struct text_style bright = {.pid = 7, .color = true};
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_error(&out, &bright, &error);
    const char start[] = "==7== coalmine: \033[1;31mERROR: double-free\033[0m on address 0x1000\n";
    ck_assert_int_eq(strncmp(room, start, sizeof start - 1), 0);
}
END_TEST

START_TEST(test_numbers_take_the_article_that_is_spoken)
{
    static const uint64_t an[] = {8, 11, 18, 80, 89, 800, 8000, 11000, 18500, 80000, 8000000};
    static const uint64_t a[] = {0, 1, 7, 9, 10, 12, 17, 19, 78, 110, 118, 180, 1100, 1800, 7999};
    for (size_t i = 0; i < sizeof an / sizeof *an; i++) {
        ck_assert_str_eq(word_article(an[i]), "an");
    }
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        ck_assert_str_eq(word_article(a[i]), "a");
    }
}
END_TEST

START_TEST(test_names_cannot_steer_the_terminal)
{
    const struct frame odd = {.function = "f\033[2J\n", .module = "/tmp/a\rb", .offset = 1};
    const struct trace trace = {&odd, 1};
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    trace_text(&out, &trace);
    ck_assert_str_eq(room, "    #0 f?[2J? (a?b+0x1)\n");
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_double_free_names_three_calls);
    tcase_add_test(all, test_unknown_parts_are_left_out);
    tcase_add_test(all, test_interior_free_says_how_far_into_which_block);
    tcase_add_test(all, test_foreign_free_says_what_the_address_is);
    tcase_add_test(all, test_mismatch_names_the_right_release);
    tcase_add_test(all, test_sized_and_aligned_delete_say_both_figures);
    tcase_add_test(all, test_sizes_that_are_mistakes_show_as_signed_too);
    tcase_add_test(all, test_alignment_that_is_no_power_of_two);
    tcase_add_test(all, test_leak_counts_what_only_it_led_to);
    tcase_add_test(all, test_leak_says_what_its_kind_means_and_which_budget_it_exceeds);
    tcase_add_test(all, test_summary_counts_by_kind_and_names_repeats);
    tcase_add_test(all, test_clean_run_is_one_line);
    tcase_add_test(all, test_color_marks_kind_and_labels_only_when_asked);
    tcase_add_test(all, test_numbers_take_the_article_that_is_spoken);
    tcase_add_test(all, test_names_cannot_steer_the_terminal);
}

int main(void)
{
    return suite_run("report_text", add);
}
