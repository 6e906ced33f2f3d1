/* report/text_damage: the words of what was written, or accessed, where it should not be. */
#include "report/text_damage.h"

#include <string.h>

#include "support/suite.h"
#include "support/told.h"

static void damage(struct told_error *error, ptrdiff_t offset, const char *bytes, size_t count)
{
    error->finding.access = ACCESS_WRITE;
    error->finding.has_offset = true;
    error->finding.offset = offset;
    error->finding.bad_bytes = count;
    error->finding.damage_length = count < FINDING_DAMAGE_MOST ? count : FINDING_DAMAGE_MOST;
    memcpy(error->finding.damage, bytes, error->finding.damage_length);
}

START_TEST(test_overflow_found_at_free_shows_bytes_and_both_calls)
{
    struct told_error error = error_of(FINDING_OVERFLOW, DETECTED_FREE);
    damage(&error, 24, "ABCD", 5);
    strcpy(error.guess, "text");
    error.release = unnamed;
    error.free_thread = worker;
    expect(&error, "==7== coalmine: ERROR: heap-buffer-overflow on address 0x1018\n"
                   "  5 bytes written past the end of a 24-byte block. First bad byte at offset "
                   "24, right past "
                   "the end.\n"
                   "  Damaged bytes (looks like text):\n"
                   "      24: 41 42 43 44 00                                   |ABCD.|\n"
                   "  Found later, when released with free by thread 9 (worker) at:\n" BARE
                   "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_damage_at_exit_says_that_the_block_was_never_released)
{
    struct told_error error = error_of(FINDING_UNDERFLOW, DETECTED_EXIT);
    damage(&error, -3, "\1", 1);
    expect(&error, "==7== coalmine: ERROR: heap-buffer-underflow on address 0xffd\n"
                   "  1 byte written before the start of a 24-byte block. First bad byte at offset "
                   "-3, 3 bytes "
                   "before the start.\n"
                   "  Damaged bytes:\n"
                   "      -3: 01                                               |.|\n"
                   "  Found at exit; the block was never released.\n"
                   "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_damage_between_blocks_names_both)
{
    struct told_error error = error_of(FINDING_OVERFLOW, DETECTED_FREE);
    damage(&error, 27, "Z", 1);
    error.finding.has_neighbour = true;
    error.finding.neighbour = (struct block_info){
        .address = 0x1020, .size_bytes = 32, .state = BLOCK_FREED, .via = API_NEW_ARRAY};
    error.neighbour_alloc = unnamed;
    expect(
        &error,
        "==7== coalmine: ERROR: heap-buffer-overflow on address 0x101b\n"
        "  1 byte written past the end of a 24-byte block. First bad byte at offset 27, 3 bytes "
        "past "
        "the end.\n"
        "  Damaged bytes:\n"
        "      27: 5a                                               |Z|\n"
        "  Found later, when a neighbouring block was released or resized.\n"
        "  Allocated with malloc by thread 7 (demo) at:\n" INNER
        "  The damage lies between two blocks; either may have been overrun. The other is a freed "
        "32-byte block at 0x1020.\n"
        "  The other was allocated with operator new[] at:\n" BARE "\n");
}
END_TEST

START_TEST(test_late_write_shows_the_release)
{
    struct told_error error = error_of(FINDING_USE_AFTER_FREE, DETECTED_REUSE);
    error.finding.block.state = BLOCK_FREED;
    error.release = named;
    error.free_thread = worker;
    char many[80];
    memset(many, 'x', sizeof many);
    damage(&error, 8, many, sizeof many);
    error.finding.block.size_bytes = 100;
    expect(
        &error,
        "==7== coalmine: ERROR: heap-use-after-free on address 0x1008\n"
        "  80 bytes written into a 100-byte block after it was freed. First bad byte at offset 8.\n"
        "  Damaged bytes, the first 64 of 80:\n"
        "       8: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|\n"
        "      24: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|\n"
        "      40: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|\n"
        "      56: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|\n"
        "  Found later, when its memory was about to be used again.\n"
        "  Freed by thread 9 (worker) at:\n" INNER
        "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_a_function_at_a_guard_is_named_and_where_it_was_stopped)
{
    struct told_error error = error_of(FINDING_OVERFLOW, DETECTED_GUARD);
    error.finding.access = ACCESS_READ;
    error.finding.has_offset = true;
    error.finding.offset = 25;
    error.finding.bad_bytes = 4;
    error.finding.call = "memcpy";
    error.access = unnamed;
    error.access_thread = worker;
    expect(&error, "==7== coalmine: ERROR: heap-buffer-overflow on address 0x1019\n"
                   "  4 bytes read past the end of a 24-byte block. memcpy was stopped at offset "
                   "25, 1 byte past the end.\n"
                   "  Read in memcpy by thread 9 (worker) at:\n" BARE
                   "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

START_TEST(test_an_offset_that_is_not_exact_is_told_as_such)
{
    struct told_error error = error_of(FINDING_USE_AFTER_FREE, DETECTED_GUARD);
    error.finding.access = ACCESS_READ;
    error.finding.has_offset = true;
    error.finding.offset = 0;
    error.finding.offset_spread = 23;
    error.finding.call = "strlen";
    error.finding.block.state = BLOCK_FREED;
    error.access = unnamed;
    expect(&error, "==7== coalmine: ERROR: heap-use-after-free on address 0x1000\n"
                   "  Memory read from a 24-byte block after it was freed. strlen was stopped at "
                   "offset 0, or up to 23 bytes further on: it reads many at once.\n"
                   "  Read in strlen at:\n" BARE
                   "  Allocated with malloc by thread 7 (demo) at:\n" INNER "\n");
}
END_TEST

static void add(TCase *all)
{
    tcase_add_test(all, test_overflow_found_at_free_shows_bytes_and_both_calls);
    tcase_add_test(all, test_damage_at_exit_says_that_the_block_was_never_released);
    tcase_add_test(all, test_damage_between_blocks_names_both);
    tcase_add_test(all, test_late_write_shows_the_release);
    tcase_add_test(all, test_a_function_at_a_guard_is_named_and_where_it_was_stopped);
    tcase_add_test(all, test_an_offset_that_is_not_exact_is_told_as_such);
}

int main(void)
{
    return suite_run("report_damage", add);
}
