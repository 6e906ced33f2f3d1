/* What the older and newer functions say about signals is what they would say without us. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define WANT(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
        } \
    } while (0)

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static volatile int calls;

static void count(int number)
{
    (void)number;
    calls++;
}

static struct sigaction get(int number)
{
    struct sigaction action;
    memset(&action, 0xff, sizeof action);
    WANT(sigaction(number, NULL, &action) == 0);
    return action;
}

static void defaults(void)
{
    struct sigaction action = get(SIGTERM);
    WANT(action.sa_handler == SIG_DFL && action.sa_flags == 0);
    WANT(!sigismember(&action.sa_mask, SIGINT));
    struct sigaction odd = {.sa_handler = SIG_DFL, .sa_flags = SA_RESTART};
    sigaddset(&odd.sa_mask, SIGINT);
    WANT(sigaction(SIGTERM, &odd, &odd) == 0); /* in and out may be one */
    WANT(odd.sa_handler == SIG_DFL && odd.sa_flags == 0);
    action = get(SIGTERM);
    WANT((action.sa_flags & SA_RESTART) && sigismember(&action.sa_mask, SIGINT));
    WANT(get(SIGCHLD).sa_handler == SIG_DFL);
}

static void older(void)
{
    WANT(signal(SIGUSR1, count) == SIG_DFL);
    WANT((get(SIGUSR1).sa_flags & SA_RESTART) && raise(SIGUSR1) == 0 && calls == 1);
    WANT(siginterrupt(SIGUSR1, 1) == 0 && !(get(SIGUSR1).sa_flags & SA_RESTART));
    WANT(signal(SIGUSR1, count) == count && !(get(SIGUSR1).sa_flags & SA_RESTART));
    WANT(siginterrupt(SIGUSR1, 0) == 0 && (get(SIGUSR1).sa_flags & SA_RESTART));
    WANT(signal(SIGUSR1, SIG_IGN) == count && raise(SIGUSR1) == 0 && calls == 1);
    WANT(signal(SIGUSR1, SIG_DFL) == SIG_IGN && signal(SIGUSR1, SIG_DFL) == SIG_DFL);
    errno = 0;
    WANT(signal(SIGKILL, count) == SIG_ERR && errno == EINVAL);
    WANT(signal(0, count) == SIG_ERR && signal(65, count) == SIG_ERR);
    WANT(signal(SIGUSR1, SIG_ERR) == SIG_ERR);
}

static void system_v(void)
{
    calls = 0;
    WANT(sysv_signal(SIGUSR2, count) == SIG_DFL && (get(SIGUSR2).sa_flags & (int)SA_RESETHAND));
    WANT(raise(SIGUSR2) == 0 && calls == 1 && get(SIGUSR2).sa_handler == SIG_DFL);
    WANT(sigset(SIGUSR2, count) == SIG_DFL && sigset(SIGUSR2, SIG_HOLD) == count);
    WANT(raise(SIGUSR2) == 0 && calls == 1);
    WANT(sigset(SIGUSR2, count) == SIG_HOLD && calls == 2);
    WANT(sigignore(SIGUSR2) == 0 && raise(SIGUSR2) == 0 && get(SIGUSR2).sa_handler == SIG_IGN);
}

int main(void)
{
    defaults();
    older();
    system_v();
    errno = 0;
    WANT(sigaction(SIGKILL, &(struct sigaction){.sa_handler = count}, NULL) == -1);
    WANT(errno == EINVAL && sigaction(99, NULL, NULL) == -1);
    puts("looked");
    return 0;
}
