#include "interpose/control.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "alloc/thread.h"
#include "base/control_protocol.h"
#include "base/strbuf.h"
#include "interpose/control_session.h"
#include "interpose/entry.h"
#include "interpose/process.h"
#include "os/clock.h"
#include "os/entropy.h"
#include "os/io.h"
#include "os/local_socket.h"
#include "os/message.h"
#include "os/own.h"
#include "os/pages.h"
#include "os/private_files.h"
#include "os/threads.h"

enum {
    STACK_BYTES = 512 * 1024, /* a scan and a report need about a tenth; TLS comes on top */
    LOOK_MS = 10 * 1000,      /* to see whether the end has come, should the knock go unheard */
    START_PATIENCE_US = 2 * 1000 * 1000,
    START_STEP_US = 20,
};

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static create_function *create; /* the C library's own; NULL: none to be had */
static char *stack;             /* the thread's; one is enough, also for children */
static pthread_key_t main_key;  /* has a value on the main thread: see main_ends() */

static pthread_t service;
static bool created;          /* `service` is to be joined */
static atomic_int outcome;    /* of the thread's start: 0 not yet, 1 it listens, else -errno */
static atomic_bool is_ending; /* no more questions are taken */
static char name[64];
static size_t name_length;

static void complain(const char *why, int error)
{
    char text[256];
    struct strbuf line;
    strbuf_init(&line, text, sizeof text);
    strbuf_printf(&line, "==%d== coalmine: control=on has no effect: %s", os_pid(), why);
    if (error > 0) {
        strbuf_printf(&line, " (error %d)", error);
    }
    strbuf_char(&line, '\n');
    os_message_write(os_message_standard_error(), text, line.length);
}

/* Names of other processes, here or in process id name spaces that share this network, differ. */
static int listen_here(void)
{
    struct strbuf text;
    strbuf_init(&text, name, sizeof name);
    strbuf_printf(&text, CONTROL_NAME "%d.%016lx", os_pid(), (unsigned long)os_entropy());
    name_length = text.length;
    return os_local_listen(name, name_length);
}

static void *serve_questions(void *unused)
{
    thread_leave(); /* has no cache of its own, and counts as none of the program's threads */
    os_threads_leave_out(os_tid());
    (void)prctl(PR_SET_NAME, "coalmine");
    int listener = os_private_files_begin() ? listen_here() : -1;
    atomic_store(&outcome, listener >= 0 ? 1 : listener);
    while (listener >= 0) {
        int fd = os_local_accept(listener, LOOK_MS);
        if (atomic_load(&is_ending) || (fd < 0 && fd != -EAGAIN)) {
            break;
        }
        if (fd >= 0) {
            control_session(fd);
            os_close(fd);
        }
    }
    return unused;
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
        created = pthread_attr_setstack(&attributes, stack, STACK_BYTES) == 0 &&
                  create(&service, &attributes, serve_questions, NULL) == 0;
        pthread_attr_destroy(&attributes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void start_service(void)
{
    atomic_store(&outcome, 0);
    atomic_store(&is_ending, false);
    created = false;
    entry_run_apart(create_thread);
    if (!created) {
        complain("no thread could be made", 0);
        return;
    }
    unsigned waited_us = 0;
    while (atomic_load(&outcome) == 0 && waited_us < START_PATIENCE_US) {
        os_sleep_us(START_STEP_US);
        waited_us += START_STEP_US;
    }
    if (atomic_load(&outcome) < 0) {
        complain("no local socket could be made", -atomic_load(&outcome));
    }
    pthread_setspecific(main_key, name);
}

/* The main thread ends by pthread_exit(), and the process with the last thread: that must not be
 * ours, which would wait for ever. */
static void main_ends(void *unused)
{
    (void)unused;
    if (!created) {
        return;
    }
    atomic_store(&is_ending, true);
    os_local_knock(name, name_length);
    pthread_join(service, NULL);
    os_threads_leave_out(0);
    created = false;
}

/* Between two pages without access; no roots for the leak scan. */
static bool make_stack(void)
{
    enum { ROOM_BYTES = STACK_BYTES + 2 * OS_PAGE };
    char *room = os_pages_reserve(ROOM_BYTES, OS_PAGE);
    if (!room || !os_pages_commit(room + OS_PAGE, STACK_BYTES)) {
        return false;
    }
    own_add_range(room, ROOM_BYTES);
    stack = room + OS_PAGE;
    return true;
}

uintptr_t control_stack_end(void)
{
    return (uintptr_t)stack + STACK_BYTES;
}

void control_start(void)
{
    if (!process_options.control || process_start_block().secure) {
        return;
    }
    if (getauxval(AT_BASE) == 0) {
        complain("the program is statically linked", 0);
        return;
    }
    create = (create_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_create");
    if (!create || !make_stack() || pthread_key_create(&main_key, main_ends) != 0) {
        create = NULL;
        complain("no thread could be made", 0);
        return;
    }
    start_service();
}

void control_after_fork(void)
{
    os_threads_leave_out(0);
    if (create && process_options.children) {
        start_service();
    }
}
