/* A crash handler as many programs have one: called once, it says its word and lets the fault come
 * again, by the default action now. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(int number, siginfo_t *info, void *context)
{
    (void)context;
    const char *word = number == SIGSEGV && info->si_addr == NULL ? "crash\n" : "wrong\n";
    (void)!write(1, word, strlen(word));
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = say, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
    struct sigaction is;
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGSEGV, NULL, &is);
    if (is.sa_sigaction != say || is.sa_flags != action.sa_flags ||
        !sigismember(&is.sa_mask, SIGUSR1)) {
        return 1;
    }
    *(volatile int *)NULL = 1; /* @write */
    return 0;
}
