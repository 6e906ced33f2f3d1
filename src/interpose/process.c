#include "interpose/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/generation.h"
#include "alloc/guard_choice.h"
#include "alloc/sweep.h"
#include "alloc/thread.h"
#include "inspect/leaks.h"
#include "interpose/control/control.h"
#include "interpose/entry.h"
#include "interpose/leaks/lsan_options.h"
#include "interpose/signals/death.h"
#include "interpose/sweeper.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/lock.h"
#include "os/signals.h"
#include "os/threads.h"
#include "report/report.h"

/* The stack pointer at the program's first instruction, kept by the loader: argc stands there, then
 * argv, NULL, envp, NULL (System V ABI, x86-64, 3.4.1). */
extern void *__libc_stack_end;

enum stage { RUNNING, ENDING, ENDED };
enum { END_MOST_MS = 60 * 1000, WAIT_US = 5 * 1000 };

static atomic_int our_pid;    /* 0: nobody is reported for */
static atomic_int memory_pid; /* of the process that this memory belongs to */
static atomic_int stage;      /* enum stage */
static bool forked;
static bool abandoned; /* a child, and children=off */

/* Leaks that the program had looked for in place of the check at exit. */
enum { UNSETTLED, SETTLING, SETTLED };
static atomic_int settling;
static struct leak_report settled;

/* In a static program that is not where the variable points, but environ is set before the first
 * malloc: argv lies below it, argc below that. */
static long *below_environment(void)
{
    long *top = (long *)environ - 2;
    for (long argc = 0; *top != argc; argc++) {
        top--;
    }
    return top;
}

struct process_start process_start_block(void)
{
    bool is_static = getauxval(AT_BASE) == 0;
    long *top = is_static ? below_environment() : __libc_stack_end;
    struct process_start start = {.argc = (int)top[0], .argv = (char **)(top + 1)};
    start.envp = start.argv + start.argc + 1;
    start.secure = getauxval(AT_SECURE) != 0;
    return start;
}

void process_set_ours(void)
{
    atomic_store(&our_pid, os_pid());
    atomic_store(&memory_pid, os_pid());
}

bool process_is_guest(void)
{
    return atomic_load(&memory_pid) != os_pid() && !os_lock_is_forked();
}

bool process_is_ours(void)
{
    return atomic_load(&our_pid) == os_pid();
}

bool process_is_forked(void)
{
    return forked;
}

static void begin_anew(void)
{
    forked = true;
    atomic_store(&stage, RUNNING);
    atomic_store(&memory_pid, os_pid());
    atomic_store(&our_pid, process_options.children ? os_pid() : 0);
    death_after_fork();
    threads_after_fork();
    report_after_fork();
}

/* A child that was made behind our back (_Fork, clone) is met here first. */
static bool is_ours_or_new(void)
{
    if (!process_is_ours() && !abandoned && os_lock_is_forked()) {
        os_lock_take_over();
        begin_anew();
        abandoned = !process_options.children;
    }
    return process_is_ours();
}

void process_tell(const struct finding *finding)
{
    (void)is_ours_or_new();
    if (finding->has_block) {
        guard_choice_always(finding->block.alloc_stack); /* the next time it is caught in the act */
    }
    if (!abandoned && finding->detected == DETECTED_SWEEP) {
        sweeper_tell(finding);
    } else if (!abandoned) {
        report_finding(finding);
    }
}

bool process_leaks_are_settled(void)
{
    return atomic_load(&settling) != UNSETTLED;
}

bool process_settle_leaks(const struct leak_report *leaks)
{
    int before = UNSETTLED;
    if (!atomic_compare_exchange_strong(&settling, &before, SETTLING)) {
        return false;
    }
    settled = *leaks;
    atomic_store(&settling, SETTLED);
    return true;
}

static bool looks_at_exit(void)
{
    return process_leaks_are_settled() || (process_options.leaks && lsan_checks_at_exit);
}

/* Leaks are looked for after all destructors ran; this frame and those below hold nothing of the
 * program's. */
static NOINLINE void look(struct leak_report *leaks, uintptr_t site_sp)
{
    sweep_pause();
    if (process_options.mode != MODE_HARDEN) { /* there an end is no place to take time */
        block_check_all(DETECTED_EXIT, NULL);
    }
    struct leak_query query = {.site_sp = site_sp, .with_reachable = process_wants_reachable()};
    if (atomic_load(&settling) == SETTLED) {
        *leaks = settled;
    } else if (looks_at_exit() && site_sp) {
        leaks_find(&query, leaks);
    } else if (looks_at_exit()) {
        LEAKS_FIND_HERE(&query, leaks);
    }
}

/* Of several threads that come to the end, one reports; the others wait for that. */
static bool may_end(void)
{
    int running = RUNNING;
    if (atomic_compare_exchange_strong(&stage, &running, ENDING)) {
        return true;
    }
    uint64_t start = os_clock_ms();
    while (atomic_load(&stage) == ENDING && os_clock_ms() - start < END_MOST_MS) {
        os_sleep_us(WAIT_US);
    }
    return false;
}

static int end(struct report_end *end, uintptr_t site_sp)
{
    struct leak_report leaks = {0};
    look(&leaks, site_sp);
    end->leaks = looks_at_exit() ? &leaks : NULL;
    int wanted = report_finish(end);
    leaks_free(&leaks);
    return wanted;
}

/* Signals wait meanwhile: one that ends the process would find its report half done. */
int process_finish(int status)
{
    if (!entry_is_open()) {
        return status;
    }
    DOOR(door);
    if (!is_ours_or_new() || !may_end()) {
        return status;
    }
    struct os_signal_mask before;
    os_signals_hold(&before);
    int wanted = end(&(struct report_end){.exit_status = status}, 0);
    atomic_store(&stage, ENDED);
    os_signals_restore(&before);
    return wanted;
}

void process_finish_dying(const struct death *death, uintptr_t site_sp)
{
    if (!may_end()) {
        return;
    }
    report_death(death);
    end(&(struct report_end){.exit_status = 128 + death->number}, site_sp);
    /* and ENDING it stays: whoever calls exit now must not be faster than the signal */
}

bool process_begin_exec(void)
{
    if (!entry_is_open()) {
        return false;
    }
    DOOR(door);
    if (!is_ours_or_new() || (forked && !report_has_errors()) || !may_end()) {
        return false;
    }
    struct report_end last = {.silent_if_clean = true};
    if (forked) {
        report_finish(&last);
    } else {
        end(&last, 0);
    }
    return true;
}

void process_undo_exec(void)
{
    report_reopen();
    sweep_resume();
    atomic_store(&stage, RUNNING);
}

/* The first handler registered is the last to run; what exit() does after it is flush stdio. To end
 * with another status, exit() again: glibc goes on with what is left to do. */
static void at_exit(int status, void *unused)
{
    (void)unused;
    int wanted = process_finish(status);
    if (wanted != status) {
        exit(wanted);
    }
}

void process_watch_exit(void)
{
    on_exit(at_exit, NULL);
}

static void before_fork(void)
{
    os_lock_all();
}

static void in_parent(void)
{
    os_unlock_all();
}

static void in_child(void)
{
    DOOR(door);
    os_unlock_all();
    abandoned = !process_options.children;
    atomic_store(&settling, UNSETTLED);
    uint32_t generation = atomic_load(&heap_generation);
    begin_anew();
    if (!abandoned && process_options.leaks && generation == atomic_load(&heap_generation)) {
        LEAKS_DISOWN_HERE(); /* else all of before counts as inherited already */
    }
    control_forget();
    sweeper_forget();
    control_after_fork();
    sweeper_after_fork();
}

void process_watch_forks(void)
{
    pthread_atfork(before_fork, in_parent, in_child);
}
