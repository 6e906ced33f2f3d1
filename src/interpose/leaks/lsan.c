/* LeakSanitizer's public functions, for programs that call them: sanitizer/lsan_interface.h says
 * what each does. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/generation.h"
#include "inspect/regions.h"
#include "interpose/entry.h"
#include "interpose/leaks/leak_check.h"
#include "interpose/leaks/lsan_options.h"
#include "interpose/process.h"
#include "os/io.h"
#include "report/now.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT void __lsan_disable(void);
EXPORT void __lsan_enable(void);
EXPORT void __lsan_ignore_object(const void *object);
EXPORT void __lsan_register_root_region(const void *start, size_t bytes);
EXPORT void __lsan_unregister_root_region(const void *start, size_t bytes);
EXPORT void __lsan_do_leak_check(void);
EXPORT int __lsan_do_recoverable_leak_check(void);

void __lsan_disable(void)
{
    heap_ignore_begin();
}

void __lsan_enable(void)
{
    heap_ignore_end();
}

void __lsan_ignore_object(const void *object)
{
    if (entry_is_open()) {
        DOOR(door);
        block_ignore((uintptr_t)object);
    }
}

void __lsan_register_root_region(const void *start, size_t bytes)
{
    if (entry_is_open()) {
        roots_add_region(start, bytes);
    }
}

void __lsan_unregister_root_region(const void *start, size_t bytes)
{
    if (entry_is_open()) {
        roots_remove_region(start, bytes);
    }
}

static bool may_look(void)
{
    return entry_is_open() && process_is_ours() && process_options.leaks && lsan_is_on;
}

/* The check of the process's end, made now: that one looks no more. What was found ends the
 * process at once, as it does under LeakSanitizer: no handlers run, nothing is flushed. */
void __lsan_do_leak_check(void)
{
    if (!may_look() || process_leaks_are_settled()) {
        return;
    }
    DOOR(door);
    struct leak_report report;
    long blocks = leak_check(0, &report);
    if (!process_settle_leaks(&report)) {
        leaks_free(&report); /* another thread was first */
        return;
    }
    if (blocks > 0) {
        int status = process_finish(0);
        if (process_options.exitcode != 0) {
            os_exit_now(status);
        }
    }
}

int __lsan_do_recoverable_leak_check(void)
{
    if (!may_look()) {
        return 0;
    }
    DOOR(door);
    struct leak_report report;
    long blocks = leak_check(0, &report);
    if (blocks != 0) {
        now_tell_leaks(&report);
    }
    leaks_free(&report);
    return blocks > 0;
}
