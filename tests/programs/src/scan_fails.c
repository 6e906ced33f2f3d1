// A filter of system calls meets the copy of the process that looks for leaks, and it alone asks to
// die with its parent: there it is killed ("crash"), or waits for an answer that never comes
// ("hang"). One block is lost.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *wait_here(void *unused)
{
    pause();
    return unused;
}

static int install_filter(unsigned action, unsigned flags)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_PDEATHSIG, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof steps / sizeof steps[0], steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) >= 0;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    int hangs = count == 2 && strcmp(arguments[1], "hang") == 0;
    pthread_create(&thread, NULL, wait_here, NULL);
    if (!install_filter(hangs ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_KILL_PROCESS,
                        hangs ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0)) {
        return 77;
    }
    *(char *)malloc(48) = 'x';
    puts("done");
    return 5;
}
