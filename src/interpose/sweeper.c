#include "interpose/sweeper.h"

#include <stdint.h>

#include "alloc/sweep.h"
#include "interpose/hidden_thread.h"
#include "interpose/process.h"
#include "os/clock.h"
#include "os/private_files.h"
#include "report/report.h"

enum {
    SLICE_US = 500,
    REST_US = 3 * SLICE_US, /* after each: a quarter of the time is spent on looking */
    STEP_LEAST_US = 1000,   /* between two passes the clock for events moves so often at most … */
    STEP_MOST_US = 20 * 1000, /* … and at least */
};

static int begin(void)
{
    return 0;
}

static void sweep_on(void);

static struct hidden_thread sweeper = {
    .option = "sweep",
    .name = "coalmine-sweep",
    .begin = begin,
    .work = sweep_on,
};

static void wait_until(uint64_t when_us)
{
    uint64_t step_us = (uint64_t)process_options.sweep * 1000 / 4;
    step_us = step_us < STEP_LEAST_US ? STEP_LEAST_US : step_us;
    step_us = step_us > STEP_MOST_US ? STEP_MOST_US : step_us;
    for (uint64_t now_us; !atomic_load(&sweeper.is_ending) && (now_us = os_clock_us()) < when_us;) {
        uint64_t left_us = when_us - now_us;
        os_sleep_us((unsigned)(left_us < step_us ? left_us : step_us));
        sweep_tick();
    }
}

static void sweep_on(void)
{
    while (!atomic_load(&sweeper.is_ending)) {
        uint64_t next_us = os_clock_us() + (uint64_t)process_options.sweep * 1000;
        while (!sweep_slice(SLICE_US) && !atomic_load(&sweeper.is_ending)) {
            os_sleep_us(REST_US);
        }
        wait_until(next_us);
    }
}

void sweeper_tell(const struct finding *finding)
{
    bool borrowed = os_private_files_borrow_standard_error();
    report_finding(finding);
    if (borrowed) {
        os_private_files_return_standard_error();
    }
}

void sweeper_start(void)
{
    if (process_options.sweep == 0) {
        return;
    }
    if (sweep_start()) {
        hidden_thread_start(&sweeper);
    } else {
        hidden_thread_complain(&sweeper, "no memory", 0);
    }
}

void sweeper_forget(void)
{
    sweep_after_fork();
    hidden_thread_forget(&sweeper);
}

void sweeper_after_fork(void)
{
    if (process_options.children) {
        hidden_thread_start_again(&sweeper);
    }
}
