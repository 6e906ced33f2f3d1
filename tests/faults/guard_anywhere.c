/* Guards are come upon in a signal handler, with all signals blocked, on a small alternate stack,
 * in a forked child, in a destructor: told each time, and nothing else happens. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile char *block;
static volatile char sink;

static void touch(int size)
{
    block = malloc((size_t)size);
    sink = block[size]; /* @touch */
    free((void *)block);
}

static void handler(int number)
{
    touch(number == SIGUSR1 ? 16 : 32); /* @handler */
}

static void in_handlers(void)
{
    static char small[8192];
    sigaltstack(&(stack_t){.ss_sp = small, .ss_size = sizeof small}, NULL);
    struct sigaction to = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigfillset(&to.sa_mask);
    sigaction(SIGUSR1, &to, NULL);
    sigaction(SIGUSR2, &(struct sigaction){.sa_handler = handler}, NULL);
    raise(SIGUSR1);
    raise(SIGUSR2);
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
}

static void with_signals_blocked(void)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    touch(48); /* @blocked */
    sigprocmask(SIG_SETMASK, &before, NULL);
}

__attribute__((destructor)) static void at_end(void)
{
    touch(80); /* @end */
}

int main(void)
{
    in_handlers();
    with_signals_blocked();
    pid_t child = fork();
    if (child == 0) {
        touch(64); /* @child */
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return 0;
}
