#include "interpose/hidden_thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "alloc/door.h"
#include "alloc/thread.h"
#include "base/strbuf.h"
#include "interpose/entry.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/message.h"
#include "os/own.h"
#include "os/pages.h"
#include "os/private_files.h"
#include "os/threads.h"

enum {
    STACK_BYTES = 512 * 1024, /* a scan and a report need about a tenth; TLS comes on top */
    START_PATIENCE_US = 2 * 1000 * 1000,
    START_STEP_US = 20,
};

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static create_function *create;        /* the C library's own */
static struct hidden_thread *starting; /* what create_thread() is to make */

void hidden_thread_complain(const struct hidden_thread *hidden, const char *why, int error)
{
    char text[256];
    struct strbuf line;
    strbuf_init(&line, text, sizeof text);
    strbuf_printf(&line, "==%d== coalmine: %s has no effect: %s", os_pid(), hidden->option, why);
    if (error > 0) {
        strbuf_printf(&line, " (error %d)", error);
    }
    strbuf_char(&line, '\n');
    os_message_write(os_message_standard_error(), text, line.length);
}

static int begin(struct hidden_thread *hidden)
{
    (void)door_open(); /* for good: nothing of the program's runs here */
    thread_leave();    /* has no cache of its own, and counts as none of the program's threads */
    if (!os_threads_leave_out(os_tid())) {
        return -EAGAIN;
    }
    atomic_store(&hidden->tid, os_tid());
    (void)prctl(PR_SET_NAME, hidden->name);
    return os_private_files_begin() ? hidden->begin() : -ENOSYS;
}

static void *run(void *context)
{
    struct hidden_thread *hidden = context;
    int outcome = begin(hidden);
    atomic_store(&hidden->outcome, outcome >= 0 ? 1 : outcome);
    if (outcome >= 0) {
        hidden->work();
    }
    return NULL;
}

/* With all signals held back but the C library's own two, which pthread_sigmask() leaves alone: by
 * one of them setuid() reaches all threads. */
static void create_thread(void)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_attr_init(&attributes) == 0) {
        starting->created = pthread_attr_setstack(&attributes, starting->stack, STACK_BYTES) == 0 &&
                            create(&starting->thread, &attributes, run, starting) == 0;
        pthread_attr_destroy(&attributes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void start(struct hidden_thread *hidden)
{
    atomic_store(&hidden->outcome, 0);
    atomic_store(&hidden->is_ending, false);
    hidden->created = false;
    starting = hidden;
    entry_run_apart(create_thread);
    if (!hidden->created) {
        hidden_thread_complain(hidden, "no thread could be made", 0);
        return;
    }
    unsigned waited_us = 0;
    while (atomic_load(&hidden->outcome) == 0 && waited_us < START_PATIENCE_US) {
        os_sleep_us(START_STEP_US);
        waited_us += START_STEP_US;
    }
    if (atomic_load(&hidden->outcome) < 0) {
        hidden_thread_complain(hidden, "its thread could not begin",
                               -atomic_load(&hidden->outcome));
    }
    pthread_setspecific(hidden->ended, hidden);
}

/* The main thread ends by pthread_exit(), and the process with the last thread: that must not be
 * ours, which would wait for ever. */
static void main_ends(void *context)
{
    struct hidden_thread *hidden = context;
    if (!hidden->created) {
        return;
    }
    atomic_store(&hidden->is_ending, true);
    if (hidden->wake) {
        hidden->wake();
    }
    pthread_join(hidden->thread, NULL);
    os_threads_take_in(atomic_load(&hidden->tid));
    hidden->created = false;
}

/* Between two pages without access; no roots for the leak scan. */
static bool make_stack(struct hidden_thread *hidden)
{
    enum { ROOM_BYTES = STACK_BYTES + 2 * OS_PAGE };
    char *room = os_pages_reserve(ROOM_BYTES, OS_PAGE);
    if (!room || !os_pages_commit(room + OS_PAGE, STACK_BYTES)) {
        return false;
    }
    own_add_range(room, ROOM_BYTES);
    hidden->stack = room + OS_PAGE;
    return true;
}

uintptr_t hidden_thread_stack_end(const struct hidden_thread *hidden)
{
    return (uintptr_t)hidden->stack + STACK_BYTES;
}

void hidden_thread_start(struct hidden_thread *hidden)
{
    if (getauxval(AT_BASE) == 0) {
        hidden_thread_complain(hidden, "the program is statically linked", 0);
        return;
    }
    create = (create_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_create");
    if (!create || !make_stack(hidden) || pthread_key_create(&hidden->ended, main_ends) != 0) {
        hidden_thread_complain(hidden, "no thread could be made", 0);
        return;
    }
    hidden->is_had = true;
    start(hidden);
}

void hidden_thread_forget(struct hidden_thread *hidden)
{
    int tid = atomic_exchange(&hidden->tid, 0);
    if (tid != 0) {
        os_threads_take_in(tid);
    }
    hidden->created = false;
}

void hidden_thread_start_again(struct hidden_thread *hidden)
{
    if (hidden->is_had) {
        start(hidden);
    }
}
