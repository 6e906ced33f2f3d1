/* The program's own handler comes to see the fault; nothing was written, and all goes on. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "../keys/keyed.h"

static sigjmp_buf back;
static volatile char *fault;

static void handle(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    fault = info->si_addr;
    free(malloc(100)); /* the records are open to whom they are to be */
    siglongjmp(back, 1);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    char *block = malloc(12345);
    volatile char *record = record_of_size(12345);
    char before = record[9];
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 3; i++) {
        fault = NULL;
        if (sigsetjmp(back, 1) == 0) {
            record[9] = 77;
            puts("not stopped");
        }
        if (fault != record + 9 || record[9] != before) {
            puts("written");
        }
        block = realloc(block, 12345 + i);
    }
    free(block);
    puts("went on");
    return 0;
}
