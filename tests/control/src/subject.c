/* Does what standard input says, a word a line, and answers each with a line: the process that the
 * tests of the control socket ask about. A second thread allocates all the while. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coalmine/coalmine.h"

enum { LOST_BYTES = 333, KEPT_BYTES = 100, KEPT_BLOCKS = 10, ONCE_BYTES = 50000 };

static void *kept[100000];
static int kept_count;
static char *smashed;

static void *work(void *unused)
{
    for (;;) {
        free(malloc(64));
        usleep(500);
    }
    return unused;
}

static void *work_a_while(void *unused)
{
    usleep(200 * 1000);
    puts("worked");
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    char *volatile block = malloc(LOST_BYTES);
    memset(block, 1, LOST_BYTES);
    block = NULL;
}

__attribute__((noinline)) static void keep_more(void)
{
    for (int i = 0; i < KEPT_BLOCKS; i++) {
        kept[kept_count++] = malloc(KEPT_BYTES);
    }
}

__attribute__((noinline)) static void keep_once(void)
{
    kept[kept_count++] = malloc(ONCE_BYTES);
}

struct link {
    struct link *next;
    char more[40];
};
struct link *chain_head;

__attribute__((noinline)) static void make_chain(void)
{
    struct link *last = NULL;
    for (int i = 0; i < 3; i++) {
        struct link *link = calloc(1, sizeof *link);
        link->next = chain_head;
        chain_head = link;
        last = last ? last : link;
    }
    printf("chain %p\n", (void *)last);
}

__attribute__((noinline)) static void drop_chain(void)
{
    printf("dropped %p\n", (void *)chain_head);
    chain_head = NULL;
}

/* What functions called before have left on the stack must not keep a block alive. */
__attribute__((noinline)) static void forget(void)
{
    volatile char room[8192];
    memset((char *)room, 0, sizeof room);
}

static pthread_barrier_t held;
static uintptr_t masked[2];
static __thread void *volatile of_thread[2];

__attribute__((noinline)) static void *hold_two(void *unused)
{
    void *volatile mine = malloc(41);
    of_thread[1] = malloc(42);
    masked[0] = ~(uintptr_t)mine;
    masked[1] = ~(uintptr_t)of_thread[1];
    forget();
    pthread_barrier_wait(&held);
    for (;;) {
        pause();
    }
    return mine ? unused : of_thread[1];
}

static void start_holder(void)
{
    pthread_t thread;
    pthread_barrier_init(&held, NULL, 2);
    pthread_create(&thread, NULL, hold_two, NULL);
    pthread_barrier_wait(&held);
    printf("holds %p %p\n", (void *)~masked[0], (void *)~masked[1]);
    forget();
}

static void in_child(void)
{
    kept_count = 0;
    printf("child %d\n", getpid());
}

static void serve(void);

static void start_child(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        in_child();
        pause();
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2 || strcmp(argv[1], "alone") != 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, work, NULL);
    }
    puts("ready");
    serve();
    return 0;
}

static void smash(void)
{
    smashed = malloc(24);
    smashed[24] = 'x';
}

static void end_main(void)
{
    setvbuf(stdout, NULL, _IOFBF, 4096); /* only an orderly end flushes it */
    pthread_t thread;
    pthread_create(&thread, NULL, work_a_while, NULL);
    pthread_detach(thread);
    pthread_exit(NULL);
}

static void open_file(void)
{
    int fd = open("/dev/null", O_RDONLY);
    printf("opened %d\n", fd);
    close(fd);
}

static void run_again(void)
{
    char own[4096];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length > 0) {
        own[length] = '\0';
        execl(own, own, "alone", (char *)NULL);
    }
}

static void serve(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "lose") == 0) {
            lose();
            forget();
        } else if (strcmp(line, "more") == 0) {
            keep_more();
        } else if (strcmp(line, "once") == 0) {
            keep_once();
        } else if (strncmp(line, "save ", 5) == 0) {
            printf("saved %d\n", coalmine_snapshot(line + 5));
            continue;
        } else if (strcmp(line, "chain") == 0) {
            make_chain();
            forget();
            continue;
        } else if (strcmp(line, "drop") == 0) {
            drop_chain();
            forget();
            continue;
        } else if (strcmp(line, "hold") == 0) {
            start_holder();
            continue;
        } else if (strcmp(line, "smash") == 0) {
            smash();
        } else if (strcmp(line, "fork") == 0) {
            start_child();
            continue;
        } else if (strcmp(line, "close") == 0) {
            closefrom(3);
        } else if (strcmp(line, "open") == 0) {
            open_file();
            continue;
        } else if (strcmp(line, "nobody") == 0) {
            printf("setuid %d\n", setuid(65534));
            continue;
        } else if (strcmp(line, "exec") == 0) {
            run_again();
        } else if (strcmp(line, "end") == 0) {
            end_main();
        }
        puts("done");
    }
}
