/* The stopping side and the handlers share `stop`. The order that keeps them safe: a handler
 * counts itself in before it looks at `phase`, and the stopping side changes `phase` before it
 * waits for that count to fall, all sequentially consistent. So nobody touches `room` once
 * os_threads_release() has returned, a signal that arrives late finds nothing to do, and the
 * list is fixed once stop has returned. */
#include "os/threads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "os/clock.h"
#include "os/io.h"
#include "os/stop_signal.h"

enum phase { IDLE, ASKING, STOPPED };

enum {
    BLOCKED_PATIENCE_MS = 50, /* for threads that run with signals blocked */
    LOOKS = 6,                /* at threads that wait so, 200 us between them */
};

static struct {
    atomic_uint phase;     /* enum phase; a futex */
    atomic_uint answers;   /* a futex */
    atomic_uint answering; /* handlers that may write to `room` */
    atomic_uint inside;    /* handlers that have answered and not left */
    struct os_stopped *room;
    atomic_size_t count; /* entries of `room` that are in use */
    size_t capacity;
    size_t beyond;      /* threads there was no room for */
    size_t asked;       /* threads that a signal was sent to */
    int signal;         /* 0: none taken */
    int pid;            /* of the last user: the counts of another process mean nothing here */
    bool may_come_late; /* a signal was sent that nobody answered */
} stop;

static atomic_int left_out[OS_THREADS_LEFT_OUT_MOST]; /* thread ids; 0: unused */

static bool change_left_out(int from, int to)
{
    for (size_t i = 0; i < OS_THREADS_LEFT_OUT_MOST; i++) {
        int expected = from;
        if (atomic_compare_exchange_strong(&left_out[i], &expected, to)) {
            return true;
        }
    }
    return false;
}

bool os_threads_leave_out(int tid)
{
    return change_left_out(0, tid);
}

void os_threads_take_in(int tid)
{
    (void)change_left_out(tid, 0);
}

static bool is_left_out(int tid)
{
    for (size_t i = 0; i < OS_THREADS_LEFT_OUT_MOST; i++) {
        if (atomic_load(&left_out[i]) == tid) {
            return true;
        }
    }
    return false;
}

static void futex(atomic_uint *word, int operation, unsigned value, const struct timespec *timeout)
{
    (void)syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

/* Handlers run with all signals blocked and wait for nothing but the release, so this takes no
 * longer than they need to be scheduled; the sleep lets threads of lower priority at the
 * processor. */
static void wait_until_zero(atomic_uint *count)
{
    enum { PATIENT_TURNS = 100 };
    const struct timespec a_while = {.tv_nsec = 1000 * 1000};
    unsigned value;
    for (unsigned turn = 0; (value = atomic_load(count)) > 0; turn++) {
        if (turn < PATIENT_TURNS) {
            sched_yield();
        } else {
            futex(count, FUTEX_WAIT, value, &a_while);
        }
    }
}

static struct os_stopped *entry_of(int tid)
{
    size_t count = atomic_load(&stop.count);
    for (size_t i = 0; i < count; i++) {
        if (stop.room[i].tid == tid) {
            return &stop.room[i];
        }
    }
    return NULL;
}

static uintptr_t stack_pointer_in(const ucontext_t *registers)
{
#if defined(__x86_64__)
    return (uintptr_t)registers->uc_mcontext.gregs[REG_RSP];
#else
    return (uintptr_t)registers->uc_mcontext.sp;
#endif
}

static bool answer(const ucontext_t *registers)
{
    atomic_fetch_add(&stop.answering, 1);
    struct os_stopped *self = atomic_load(&stop.phase) == ASKING ? entry_of(os_tid()) : NULL;
    bool first = self && !self->answered;
    if (first) {
        self->sp = stack_pointer_in(registers);
        self->thread_pointer = os_thread_pointer();
        self->registers = registers;
        __atomic_store_n(&self->answered, true, __ATOMIC_RELEASE);
        atomic_fetch_add(&stop.inside, 1);
        atomic_fetch_add(&stop.answers, 1);
        futex(&stop.answers, FUTEX_WAKE, 1, NULL);
    }
    atomic_fetch_sub(&stop.answering, 1);
    return first;
}

static void handle(int signal UNUSED, siginfo_t *info UNUSED, void *registers)
{
    int saved = errno;
    if (answer(registers)) {
        for (unsigned phase; (phase = atomic_load(&stop.phase)) != IDLE;) {
            futex(&stop.phase, FUTEX_WAIT, phase, NULL);
        }
        atomic_fetch_sub(&stop.inside, 1);
    }
    errno = saved;
}

static bool send_to(struct os_stopped *thread)
{
    if (stop_signal_is_blocked(stop.signal, thread->tid)) {
        return false;
    }
    thread->asked = true;
    stop.asked += stop_signal_send(stop.signal, thread->tid);
    return true;
}

static void ask(int tid)
{
    size_t count = atomic_load(&stop.count);
    stop.room[count] = (struct os_stopped){.tid = tid};
    atomic_store(&stop.count, count + 1);
    (void)send_to(&stop.room[count]);
}

/* A thread at its start and at its end has all signals blocked for a few instructions, at which
 * it may wait for a moment: such threads are looked at again. One that waits in every look
 * blocks them for good. */
static bool ask_again(unsigned *looks)
{
    bool any = false, moves = false;
    for (size_t i = 0; i < atomic_load(&stop.count); i++) {
        struct os_stopped *thread = &stop.room[i];
        if (!thread->asked) {
            any = true;
            moves |= send_to(thread) || stop_signal_outlook(thread->tid) == OUTLOOK_RUNNING;
        }
    }
    *looks = moves ? 0 : *looks + 1;
    return any && *looks < LOOKS;
}

static int parse_tid(const char *name)
{
    int tid = 0;
    for (; *name >= '0' && *name <= '9' && tid < INT_MAX / 10; name++) {
        tid = tid * 10 + (*name - '0');
    }
    return *name == '\0' ? tid : 0; /* "." and ".." */
}

/* A thread that was not asked yet is asked; `context` is a bool that becomes true then. */
static void ask_listed(void *context, int tid)
{
    bool *any = context;
    if (tid == os_tid() || is_left_out(tid) || entry_of(tid)) {
        return;
    }
    if (atomic_load(&stop.count) == stop.capacity) {
        stop.beyond++;
        return;
    }
    ask(tid);
    *any = true;
}

bool os_threads_each(void (*visit)(void *context, int tid), void *context)
{
    _Alignas(struct dirent64) char entries[2048];
    int fd = os_open_read("/proc/self/task");
    if (fd < 0) {
        return false;
    }
    long got;
    while ((got = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
        for (long at = 0; at < got;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            int tid = parse_tid(entry->d_name);
            if (tid != 0) {
                visit(context, tid);
            }
            at += entry->d_reclen;
        }
    }
    os_close(fd);
    return got == 0;
}

/* Goes through the list of threads once. -1: it cannot be read; 1: some were new; 0: none. */
static int ask_new_threads(void)
{
    bool any = false;
    stop.beyond = 0;
    return os_threads_each(ask_listed, &any) ? any : -1;
}

/* Takes threads off the list that will never answer. Only the stopping thread writes the list:
 * entries move while no handler searches it. */
static void drop_lost(void)
{
    atomic_store(&stop.phase, STOPPED); /* whoever comes now does not look */
    wait_until_zero(&stop.answering);
    size_t kept = 0;
    for (size_t i = 0; i < atomic_load(&stop.count); i++) {
        if (stop.room[i].answered || stop_signal_outlook(stop.room[i].tid) != OUTLOOK_NONE) {
            stop.room[kept++] = stop.room[i];
        }
    }
    atomic_store(&stop.count, kept);
}

/* Not one that blocked the signal after it was sent and waits, maybe for a lock of a stopped
 * thread. */
static bool may_answer(int tid)
{
    switch (stop_signal_outlook(tid)) {
    case OUTLOOK_RUNNING:
        return true;
    case OUTLOOK_WAITING:
        return !stop_signal_is_blocked(stop.signal, tid);
    default:
        return false;
    }
}

static bool nobody_may_answer(void)
{
    for (size_t i = 0; i < atomic_load(&stop.count); i++) {
        const struct os_stopped *thread = &stop.room[i];
        bool answered = __atomic_load_n(&thread->answered, __ATOMIC_ACQUIRE);
        if (thread->asked && !answered && may_answer(thread->tid)) {
            return false;
        }
    }
    return true;
}

/* False if time ran out first. */
static bool wait_for_answers(uint64_t deadline_ms)
{
    const struct timespec slice = {.tv_nsec = 5 * 1000 * 1000}; /* then see who still may */
    for (;;) {
        unsigned answers = atomic_load(&stop.answers);
        if (answers == stop.asked) {
            return true;
        }
        if (os_clock_ms() >= deadline_ms) {
            return false;
        }
        futex(&stop.answers, FUTEX_WAIT, answers, &slice);
        if (answers == atomic_load(&stop.answers) && nobody_may_answer()) {
            return true;
        }
    }
}

static void wait_a_little(void)
{
    const struct timespec a_little = {.tv_nsec = 200 * 1000};
    futex(&stop.answers, FUTEX_WAIT, atomic_load(&stop.answers), &a_little);
}

/* Goes on until nobody new turns up: a thread not stopped yet may start others. */
static int stop_all(uint64_t deadline_ms)
{
    uint64_t patience_ms = os_clock_ms() + BLOCKED_PATIENCE_MS;
    unsigned looks = 0;
    int any;
    do {
        any = ask_new_threads();
        if (any < 0 || !wait_for_answers(deadline_ms)) {
            break;
        }
        if (any == 0 && os_clock_ms() < patience_ms && ask_again(&looks)) {
            wait_a_little();
            any = 1;
        }
    } while (any > 0 && os_clock_ms() < deadline_ms);
    drop_lost();
    stop.may_come_late |= atomic_load(&stop.answers) != stop.asked;
    return any < 0 ? -1 : (int)(atomic_load(&stop.count) + stop.beyond);
}

/* A thread that could not be stopped may have forked while others were. */
static void forget_parents_threads(void)
{
    if (stop.pid != os_pid()) {
        atomic_store(&stop.phase, IDLE);
        atomic_store(&stop.inside, 0);
        atomic_store(&stop.answering, 0);
        stop.pid = os_pid();
    }
}

void os_thread_name(int tid, char name[16])
{
    char path[64];
    struct strbuf buf;
    strbuf_init(&buf, path, sizeof path);
    strbuf_printf(&buf, "/proc/self/task/%d/comm", tid);
    name[0] = '\0';
    int fd = os_open_read(path);
    if (fd < 0) {
        return;
    }
    ssize_t got = os_read(fd, name, 15);
    os_close(fd);
    name[got > 0 ? got : 0] = '\0';
    name[strcspn(name, "\n")] = '\0';
}

int os_threads_stop(struct os_stopped *room, size_t capacity, unsigned timeout_ms)
{
    int saved = errno;
    forget_parents_threads();
    stop.room = room;
    stop.capacity = capacity;
    stop.asked = 0;
    stop.beyond = 0;
    atomic_store(&stop.count, 0);
    atomic_store(&stop.answers, 0);
    stop.signal = stop_signal_take(handle);
    int others = -1;
    if (stop.signal != 0) {
        atomic_store(&stop.phase, ASKING);
        others = stop_all(os_clock_ms() + timeout_ms);
        if (others < 0) {
            os_threads_release();
        }
    }
    errno = saved;
    return others;
}

void os_threads_release(void)
{
    int saved = errno;
    atomic_store(&stop.phase, IDLE);
    futex(&stop.phase, FUTEX_WAKE, INT_MAX, NULL);
    wait_until_zero(&stop.inside);
    wait_until_zero(&stop.answering);
    if (stop.signal != 0 && !stop.may_come_late) { /* a late one must not find the default: death */
        stop_signal_give_back(stop.signal);
    }
    stop.signal = 0;
    errno = saved;
}
