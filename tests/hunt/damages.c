/* Mistakes for `coalmine hunt`, one for each name; the guilty lines are marked. The second
 * argument, if there is one, is a file that each run adds a byte to. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART __attribute__((noinline))

static char *volatile kept; /* no compiler knows what is behind it */
static int status;

APART static char *make(size_t size)
{
    return malloc(size);
}

APART static char *make_other(size_t size)
{
    return malloc(size);
}

APART static void fill(volatile char *to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = 'x'; /* @fill */
    }
}

APART static void put(volatile char *to, long at)
{
    to[at] = 'y'; /* @put */
}

APART static void put_before(volatile char *to, long distance)
{
    to[-distance] = 'b'; /* @put_before */
}

APART static int get(const volatile char *from, long at)
{
    return from[at]; /* @get */
}

APART static void add(volatile int *to, long at)
{
    int before = to[at];
    __asm__ volatile("" : "+r"(before)); /* no single instruction does both */
    to[at] = before + 1;
}

static void past_end(void)
{
    kept = make(32);
    fill(kept, 33);
    free(kept);
}

/* Behind 24 bytes come 8 that malloc's alignment leaves. */
static void into_slack(void)
{
    kept = make(24);
    fill(kept, 25);
    free(kept);
}

/* The third of many, the others alive meanwhile. */
static void into_slack_of_one(void)
{
    char *blocks[12];
    for (int i = 0; i < 12; i++) {
        blocks[i] = make(24);
    }
    put(blocks[9], 25);
    for (int i = 0; i < 12; i++) {
        free(blocks[i]);
    }
}

static void adds(void)
{
    kept = make(32);
    add((volatile int *)kept, 8);
    free(kept);
}

static volatile sig_atomic_t traps_seen;

static void count_trap(int number)
{
    traps_seen += number == SIGTRAP;
}

/* A trap of its own, before and after a write that a watchpoint sees. */
static void traps(void)
{
    struct sigaction ours = {.sa_handler = count_trap}, was;
    sigaction(SIGTRAP, &ours, NULL);
    raise(SIGTRAP);
    kept = make(24);
    put(kept, 26);
    free(kept);
    raise(SIGTRAP);
    bool untouched = sigaction(SIGTRAP, NULL, &was) == 0 && was.sa_handler == count_trap;
    status = traps_seen == 2 && untouched ? 0 : 97;
}

static void before_start(void)
{
    kept = make(32);
    put(kept, -1);
    free(kept);
}

/* Two blocks from one place: over the end of one, under the start of the other. A third is lost. */
static void both_sides(void)
{
    static const int places[] = {32, -2, 31};
    for (int i = 0; i < 3; i++) {
        kept = make(32);
        put(kept, places[i]);
        if (i < 2) {
            free(kept);
        }
    }
    kept = NULL;
}

/* Of many blocks from one place, under the start of one, and over the end of another, each nearer
 * to the block on the other side. */
static void damage_many(bool before, bool behind)
{
    char *blocks[64];
    for (int i = 0; i < 64; i++) {
        blocks[i] = make(96);
    }
    if (before) {
        put_before(blocks[40], 12);
    }
    if (behind) {
        put(blocks[50], 104);
    }
    for (int i = 0; i < 64; i++) {
        free(blocks[i]);
    }
}

static void two_of_many(void)
{
    damage_many(true, true);
}

static void before_one_of_many(void)
{
    damage_many(true, false);
}

static void never_freed(void)
{
    kept = make(32);
    put(kept, 32);
}

/* Over the canary behind the block, to that of another one. */
static void far_past_end(void)
{
    char *first = make(32), *second = make_other(32), *third = make_other(32);
    char *low = first < second ? second : third;
    long distance = low + 32 - first;
    put(first, distance > 0 && distance < 4096 ? distance : 80);
    free(first);
    free(second);
    free(third);
}

static void after_free(void)
{
    kept = make(40);
    free(kept);
    put(kept, 5);
}

static void adds_after_free(void)
{
    kept = make(40);
    free(kept);
    add((volatile int *)kept, 2);
}

/* The pointer comes from freed memory: no address there can be. */
static void dies_by_freed(void)
{
    char **list = (char **)make(40);
    list[1] = make(8);
    free(list);
    kept = (char *)list;
    char *next = ((char *volatile *)kept)[1]; /* @dies_by_freed */
    put(next, 0);
}

static void dies_of_itself(void)
{
    kept = make(8);
    raise(SIGFPE);
}

static void reads_into_slack(void)
{
    kept = make(25);
    status = get(kept, 25) & 0;
    free(kept);
}

static void in_thread_body(void)
{
    put(kept, 32);
}

static void *thread(void *unused)
{
    in_thread_body();
    return unused;
}

static void in_thread(void)
{
    pthread_t id;
    kept = make(32);
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
    free(kept);
}

static void in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        past_end();
        exit(0);
    }
    waitpid(child, NULL, 0);
}

/* How far depends on standard input; what was read is printed. */
static void as_told(void)
{
    char line[64];
    long sum = 0;
    while (fgets(line, sizeof line, stdin)) {
        sum += strtol(line, NULL, 10);
        fputs(line, stdout);
    }
    kept = make(32);
    fill(kept, (size_t)sum);
    free(kept);
}

static const char *runs;

static long run_number(void)
{
    FILE *file = fopen(runs, "r");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    return size;
}

static void once(void)
{
    if (run_number() == 1) {
        past_end();
    }
}

static void status_five(void)
{
    past_end();
    status = 5;
}

static void aborts(void)
{
    past_end();
    abort();
}

static void waits(void)
{
    past_end();
    puts("waiting");
    fflush(stdout);
    pause();
}

static void twice_freed(void)
{
    kept = make(32);
    free(kept);
    free(kept);
}

static void nothing(void)
{
    kept = make(32);
    fill(kept, 32);
    free(kept);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"past_end", past_end},
        {"into_slack", into_slack},
        {"into_slack_of_one", into_slack_of_one},
        {"adds", adds},
        {"traps", traps},
        {"before_start", before_start},
        {"both_sides", both_sides},
        {"two_of_many", two_of_many},
        {"before_one_of_many", before_one_of_many},
        {"never_freed", never_freed},
        {"far_past_end", far_past_end},
        {"after_free", after_free},
        {"adds_after_free", adds_after_free},
        {"dies_by_freed", dies_by_freed},
        {"dies_of_itself", dies_of_itself},
        {"reads_into_slack", reads_into_slack},
        {"in_thread", in_thread},
        {"in_child", in_child},
        {"as_told", as_told},
        {"once", once},
        {"status_five", status_five},
        {"aborts", aborts},
        {"waits", waits},
        {"twice_freed", twice_freed},
        {"nothing", nothing},
    };
    if (count > 2) {
        runs = arguments[2];
        int file = open(runs, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (write(file, ".", 1) != 1) {
            return 99;
        }
        close(file);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(arguments[1], cases[i].name) == 0) {
            cases[i].run();
            return status;
        }
    }
    return 98;
}
