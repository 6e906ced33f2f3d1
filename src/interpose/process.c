#include "interpose/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "alloc/allocate.h"
#include "alloc/generation.h"
#include "alloc/thread.h"
#include "inspect/leaks.h"
#include "interpose/control.h"
#include "interpose/entry.h"
#include "interpose/lsan_options.h"
#include "os/io.h"
#include "os/lock.h"
#include "os/threads.h"
#include "report/report.h"

/* The stack pointer at the program's first instruction, kept by the loader: argc stands there, then
 * argv, NULL, envp, NULL (System V ABI, x86-64, 3.4.1). */
extern void *__libc_stack_end;

static atomic_int our_pid;
static atomic_bool finished;

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
}

bool process_is_ours(void)
{
    return atomic_load(&our_pid) == os_pid();
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
static NOINLINE void look(struct leak_report *leaks)
{
    block_check_all(DETECTED_EXIT, NULL);
    if (atomic_load(&settling) == SETTLED) {
        *leaks = settled;
    } else if (looks_at_exit()) {
        struct leak_query query = {.with_reachable = process_wants_reachable()};
        LEAKS_FIND_HERE(&query, leaks);
    }
}

int process_finish(int status)
{
    if (!entry_is_open() || !process_is_ours() || atomic_exchange(&finished, true)) {
        return status;
    }
    struct leak_report leaks = {0};
    look(&leaks);
    int wanted = report_finish(&(struct report_end){
        .leaks = looks_at_exit() ? &leaks : NULL,
        .exit_status = status,
    });
    leaks_free(&leaks);
    return wanted;
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
    os_unlock_all();
    process_set_ours();
    atomic_store(&finished, false);
    atomic_store(&settling, UNSETTLED);
    uint32_t generation = atomic_load(&heap_generation);
    threads_after_fork();
    if (process_options.leaks && generation == atomic_load(&heap_generation)) {
        LEAKS_DISOWN_HERE(); /* else all of before counts as inherited already */
    }
    report_after_fork();
    control_after_fork();
}

void process_watch_forks(void)
{
    pthread_atfork(before_fork, in_parent, in_child);
}

void process_hide_from_children(void)
{
    const char *preload = getenv("LD_PRELOAD");
    if (!preload) {
        return;
    }
    size_t length = strlen(preload);
    char kept[length + 1];
    size_t at = 0;
    for (const char *p = preload; *p;) {
        size_t entry = strcspn(p, ": ");
        const char *name = memrchr(p, '/', entry);
        name = name ? name + 1 : p;
        if (entry > 0 && strncmp(name, "libcoalmine.so", 14) != 0) {
            kept[at] = ':';
            memcpy(kept + at + (at > 0), p, entry);
            at += entry + (at > 0);
        }
        p += entry;
        p += strspn(p, ": ");
    }
    kept[at] = '\0';
    if (at > 0) {
        setenv("LD_PRELOAD", kept, 1);
    } else {
        unsetenv("LD_PRELOAD");
    }
}
