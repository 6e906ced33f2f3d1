/* What the program set for SIGSEGV, action and masks, is what it reads back. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#define WANT(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
        } \
    } while (0)

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static volatile int calls, blocked_inside;

static sigset_t now(void)
{
    sigset_t set;
    WANT(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
    return set;
}

static int has(sigset_t set, int number)
{
    return sigismember(&set, number);
}

static void plain(int number)
{
    (void)number;
    calls++;
    blocked_inside = has(now(), SIGSEGV);
}

static void full(int number, siginfo_t *info, void *context)
{
    (void)context;
    WANT(number == SIGSEGV && info->si_signo == SIGSEGV);
    plain(number);
}

static struct sigaction get(int number)
{
    struct sigaction action;
    memset(&action, 0xff, sizeof action);
    WANT(sigaction(number, NULL, &action) == 0);
    return action;
}

static void actions(void)
{
    WANT(get(SIGSEGV).sa_handler == SIG_DFL && get(SIGSEGV).sa_flags == 0);
    struct sigaction to = {.sa_sigaction = full, .sa_flags = SA_SIGINFO | SA_RESTART}, was;
    sigaddset(&to.sa_mask, SIGUSR1);
    WANT(sigaction(SIGSEGV, &to, &was) == 0 && was.sa_handler == SIG_DFL);
    was = get(SIGSEGV);
    WANT(was.sa_sigaction == full && (was.sa_flags & SA_SIGINFO) && (was.sa_flags & SA_RESTART));
    WANT(!(was.sa_flags & (SA_NODEFER | SA_ONSTACK)));
    WANT(has(was.sa_mask, SIGUSR1) && !has(was.sa_mask, SIGUSR2) && !has(was.sa_mask, SIGSEGV));
    WANT(raise(SIGSEGV) == 0 && calls == 1 && blocked_inside && !has(now(), SIGSEGV));
    WANT(signal(SIGSEGV, plain) == (__sighandler_t)full && get(SIGSEGV).sa_handler == plain);
    WANT(sysv_signal(SIGSEGV, plain) == plain && raise(SIGSEGV) == 0 && calls == 2);
    WANT(!blocked_inside && get(SIGSEGV).sa_handler == SIG_DFL);
    WANT(signal(SIGSEGV, SIG_IGN) == SIG_DFL && raise(SIGSEGV) == 0);
    WANT(signal(SIGSEGV, plain) == SIG_IGN);
    WANT(sigaction(SIGSEGV, &to, &to) == 0 && to.sa_handler == plain); /* in and out may be one */
}

static void *look(void *found)
{
    *(sigset_t *)found = now();
    return NULL;
}

static void masks(void)
{
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    WANT(sigprocmask(SIG_BLOCK, &set, &before) == 0 && !has(before, SIGSEGV) &&
         has(now(), SIGSEGV));
    WANT(sigprocmask(SIG_SETMASK, &before, &set) == 0 && has(set, SIGSEGV) && !has(now(), SIGSEGV));
    sigfillset(&set);
    WANT(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0 && has(now(), SIGSEGV) &&
         has(now(), SIGINT));
    sigset_t inherited;
    pthread_t thread;
    WANT(pthread_create(&thread, NULL, look, &inherited) == 0 && pthread_join(thread, NULL) == 0);
    WANT(has(inherited, SIGSEGV) && has(inherited, SIGINT));
    sigdelset(&set, SIGSEGV);
    WANT(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0 && !has(now(), SIGSEGV) &&
         has(now(), SIGINT));
    sigemptyset(&set);
    WANT(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0 && !has(now(), SIGINT));
    WANT(pthread_sigmask(99, &set, NULL) != 0);
}

static void older_masks(void)
{
    WANT(sighold(SIGSEGV) == 0 && has(now(), SIGSEGV));
    WANT(siggetmask() & sigmask(SIGSEGV));
    WANT(sigrelse(SIGSEGV) == 0 && !has(now(), SIGSEGV));
    WANT(sigblock(sigmask(SIGSEGV)) == 0 && has(now(), SIGSEGV));
    WANT((sigsetmask(0) & sigmask(SIGSEGV)) && !has(now(), SIGSEGV));
}

/* Masks that only the C library sees. */
static void jumps_and_contexts(void)
{
    sigjmp_buf place;
    ucontext_t context;
    volatile int turns = 0;
    sigset_t set, none;
    sigemptyset(&none);
    sigfillset(&set);
    if (sigsetjmp(place, 1) == 0) {
        WANT(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && has(now(), SIGSEGV));
        siglongjmp(place, 1);
    }
    WANT(!has(now(), SIGSEGV));
    WANT(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && getcontext(&context) == 0);
    WANT(has(now(), SIGSEGV));
    if (turns++ == 0) {
        WANT(sigprocmask(SIG_SETMASK, &none, NULL) == 0 && !has(now(), SIGSEGV));
        setcontext(&context);
    }
    WANT(sigprocmask(SIG_SETMASK, &none, NULL) == 0);
}

static void other_handlers(void)
{
    struct sigaction to = {.sa_handler = plain};
    sigfillset(&to.sa_mask);
    WANT(sigaction(SIGUSR1, &to, NULL) == 0 && has(get(SIGUSR1).sa_mask, SIGSEGV));
    WANT(raise(SIGUSR1) == 0 && blocked_inside && !has(now(), SIGSEGV));
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t seen, read_back;
    WANT(pthread_attr_init(&attributes) == 0);
    WANT(pthread_attr_setsigmask_np(&attributes, &to.sa_mask) == 0);
    WANT(pthread_attr_getsigmask_np(&attributes, &read_back) == 0 && has(read_back, SIGSEGV));
    WANT(pthread_create(&thread, &attributes, look, &seen) == 0 && pthread_join(thread, NULL) == 0);
    WANT(has(seen, SIGSEGV) && has(seen, SIGTERM));
    pthread_attr_destroy(&attributes);
}

int main(void)
{
    actions();
    masks();
    older_masks();
    jumps_and_contexts();
    other_handlers();
    puts("looked");
    return 0;
}
