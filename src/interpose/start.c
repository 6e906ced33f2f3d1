/* The start, in two steps. At the first allocation, wherever in the loader's work that falls:
 * options, heap, report; nothing that allocates or takes the loader's locks. In the constructor,
 * when libc is usable: libunwind, handlers for fork, thread end and exit. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "alloc/door.h"
#include "alloc/heap.h"
#include "base/strbuf.h"
#include "inspect/leaks.h"
#include "interpose/control/control.h"
#include "interpose/entry.h"
#include "interpose/environment.h"
#include "interpose/leaks/lsan_options.h"
#include "interpose/libc/start.h"
#include "interpose/process.h"
#include "interpose/signals/death.h"
#include "interpose/signals/hit.h"
#include "interpose/signals/segv.h"
#include "interpose/sweeper.h"
#include "interpose/threads.h"
#include "os/entropy.h"
#include "os/io.h"
#include "os/keys.h"
#include "os/lock.h"
#include "os/own.h"
#include "report/report.h"
#include "report/trace.h"
#include "report/site_file.h"
#include "stack/start.h"

extern void *__libc_stack_end; /* in the loader */

struct options process_options;

enum start_state { START_NONE, START_FAILED, START_DONE };

static struct lock start_lock = LOCK_INIT(LOCK_START);
static atomic_int state;        /* enum start_state */
static atomic_int starting_tid; /* the thread inside; 0: none */

/* The program's own settings, if it defines this. */
extern const char *coalmine_default_options(void) __attribute__((weak));
extern const char *coalmine_default_suppressions(void) __attribute__((weak));
extern const char *__lsan_default_suppressions(void) __attribute__((weak));

static void complain(void *context, const char *line)
{
    (void)context;
    char text[512];
    struct strbuf buf;
    strbuf_init(&buf, text, sizeof text);
    strbuf_printf(&buf, "coalmine: %s\n", line);
    os_write_all(2, text, buf.length);
}

static const char *environment(char **envp, const char *name, size_t length)
{
    for (; envp && *envp; envp++) {
        const char *entry = *envp;
        size_t i = 0;
        while (i < length && entry[i] == name[i]) {
            i++;
        }
        if (i == length && entry[i] == '=') {
            return entry + i + 1;
        }
    }
    return NULL;
}

static void read_options(const struct process_start *start)
{
    options_defaults(&process_options);
    lsan_options_read(&process_options, complain, NULL);
    if (coalmine_default_options) {
        options_parse(&process_options, coalmine_default_options(), complain, NULL);
    }
    if (!start->secure) {
        static const char name[] = "COALMINE_OPTIONS";
        options_parse(&process_options, environment(start->envp, name, sizeof name - 1), complain,
                      NULL);
    }
    options_finish(&process_options);
}

_Static_assert((int)OPTIONS_GUARD_SAMPLE == (int)GUARD_SAMPLE &&
                   (int)OPTIONS_GUARD_SITES == (int)GUARD_SITES &&
                   (int)OPTIONS_GUARD_ALL == (int)GUARD_ALL,
               "the option's words are the modes");
_Static_assert((int)OPTIONS_SIDE_AFTER == (int)GUARD_SIDE_AFTER &&
                   (int)OPTIONS_SIDE_BEFORE == (int)GUARD_SIDE_BEFORE &&
                   (int)OPTIONS_SIDE_BOTH == (int)GUARD_SIDE_BOTH,
               "and the sides");

static enum guards_way guards_best(enum options_guard_pages pages)
{
    return pages == OPTIONS_PAGES_NONE       ? GUARDS_NONE
           : pages == OPTIONS_PAGES_MPROTECT ? GUARDS_MPROTECT
                                             : GUARDS_MADVISE;
}

static struct heap_config config_of(const struct options *options)
{
    bool follows = options->quarantine_bytes == OPTIONS_QUARANTINE_AUTO;
    return (struct heap_config){
        .redzone_bytes = (options->redzone_bytes + 7) & ~(size_t)7,
        .hardens = options->mode == MODE_HARDEN,
        .fill = options->fill,
        .free_stacks = options->stacks_of_frees,
        .halts = options->halt,
        .keeps_history = options->sweep > 0,
        .quarantine_follows = follows,
        .quarantine_floor_bytes = OPTIONS_QUARANTINE_FLOOR,
        .quarantine_cap_bytes = follows ? OPTIONS_QUARANTINE_CAP : options->quarantine_bytes,
        .guards_best = guards_best(options->guard_pages),
        .guard = (enum guard_mode)options->guard,
        .guard_side = (enum guard_side)options->guard_side,
        .guard_rate = options->guard_rate,
        .guard_align = options->guard_align == OPTIONS_ALIGN_AUTO
                           ? 0
                           : 1u << (options->guard_align - OPTIONS_ALIGN_1),
    };
}

void entry_run_apart(void (*work)(void))
{
    struct thread *self = thread_current, *behind = thread_behind_door;
    atomic_store(&starting_tid, os_tid());
    thread_current = thread_behind_door = NULL;
    work();
    thread_current = self;
    thread_behind_door = behind;
    atomic_store(&starting_tid, 0);
}

static void load_stacks(void)
{
    stack_start(process_options.depth);
}

/* Once: loading libunwind allocates, and would come here again. */
static void start_stacks(void)
{
    static atomic_bool begun;
    if (process_options.mode == MODE_HARDEN || atomic_exchange(&begun, true)) {
        return;
    }
    DOOR(door);
    struct os_held_files held;
    os_files_hold_standard(
        &held); /* libunwind opens a pipe, which must not pass for the program's input */
    entry_run_apart(load_stacks);
    os_files_release(&held);
}

static bool are_together(const void *a, const void *b)
{
    struct dl_find_object of_a, of_b;
    return _dl_find_object((void *)(uintptr_t)a, &of_a) == 0 &&
           _dl_find_object((void *)(uintptr_t)b, &of_b) == 0 &&
           of_a.dlfo_link_map == of_b.dlfo_link_map;
}

/* Other libraries' constructors run before ours, and what they allocate wants its stacks too.
 * libunwind can be loaded once libc was initialized (environ is set: dlopen hands that on to
 * constructors), and when the caller is not the loader or libc, which may hold their locks. */
static void start_stacks_early(const struct call_site *site)
{
    const void *caller = (const void *)site->pc;
    if (environ && !are_together(caller, &__libc_stack_end) && !are_together(caller, &getauxval)) {
        start_stacks();
    }
}

static bool start(void)
{
    struct process_start block = process_start_block();
    read_options(&block);
    struct heap_config config = config_of(&process_options);
    if (process_options.protect_records) {
        (void)!os_keys_start();
    }
    DOOR(door);
    if (!heap_start(&config, os_entropy())) {
        complain(NULL, "no memory to start with: this program will get none");
        return false;
    }
    lock_register(&start_lock);
    stack_register_locks();
    leaks_register_lock();
    process_set_ours();
    struct environment_place place = environment_read(block.envp, block.secure);
    report_start(&(struct report_setup){
        .options = &process_options,
        .argv = block.argv,
        .environment = block.envp,
        .secure = block.secure,
        .forked = place.forked,
        .image = place.image,
    });
    site_file_read(complain, NULL);
    finding_sink = process_tell;
    if (calls_start) {
        calls_start(&process_options, complain);
        trace_own_is_apart(); /* this is the shared library */
    }
    if (process_options.guard != OPTIONS_GUARD_OFF || os_keys_used) {
        hit_start();
        segv_watch();
    }
    bool is_static =
        getauxval(AT_BASE) == 0; /* its start-up finds modules in a state not to be asked */
    stack_unstarted = is_static ? NULL : start_stacks_early;
    return true;
}

bool entry_open(void)
{
    int now = atomic_load_explicit(&state, memory_order_acquire);
    int inside = atomic_load_explicit(&starting_tid, memory_order_relaxed);
    int tid = now == START_NONE || inside ? os_tid() : 0;
    if (inside && inside == tid) {
        return false;
    }
    if (now != START_NONE) {
        return now == START_DONE;
    }
    lock_acquire(&start_lock);
    if (atomic_load(&state) == START_NONE) {
        atomic_store(&starting_tid, tid);
        atomic_store_explicit(&state, start() ? START_DONE : START_FAILED, memory_order_release);
        atomic_store(&starting_tid, 0);
    }
    lock_release(&start_lock);
    return atomic_load(&state) == START_DONE;
}

/* Before the program's own constructors, as LeakSanitizer calls its function. */
static void read_suppressions(void)
{
    if (coalmine_default_suppressions) {
        report_add_suppressions(coalmine_default_suppressions(), "coalmine_default_suppressions()",
                                complain, NULL);
    }
    if (__lsan_default_suppressions) {
        report_add_suppressions(__lsan_default_suppressions(), "__lsan_default_suppressions()",
                                complain, NULL);
    }
    if (!process_start_block().secure) {
        report_read_suppressions(process_options.suppressions, complain, NULL);
    }
}

/* With priority 101, the first there is for users: for programs that link the archive. */
__attribute__((constructor(101))) static void construct(void)
{
    if (!entry_open()) {
        return;
    }
    os_lock_watch_forks();
    start_stacks();
    read_suppressions();
    threads_watch_ends();
    threads_enter_main();
    process_watch_forks();
    process_watch_exit();
    environment_settle(&process_options);
    if (process_options.signals) {
        death_watch();
    }
    control_start();
    sweeper_start();
}
