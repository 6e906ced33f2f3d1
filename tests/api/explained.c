/* The way to a block names the variable, thread and function that hold it. */
#include <coalmine/coalmine.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "expecting.h"

struct node {
    char text[8];
    struct node *next;
};

struct node *lists[4]; /* not static: compilers may take such an array apart */
static __thread void *of_thread;
static void **region;
static pthread_barrier_t ready, done;

__attribute__((noinline)) static struct node *make(struct node *next)
{
    struct node *node = malloc(sizeof *node);
    node->next = next;
    return node;
}

#define MASK ((uintptr_t)-1)
static uintptr_t masked;

__attribute__((noinline)) static void *hold_on_stack(void *unused)
{
    void *volatile mine = malloc(41);
    masked = (uintptr_t)mine ^ MASK;
    forget();
    pthread_barrier_wait(&ready);
    pthread_barrier_wait(&done);
    free(mine);
    return unused;
}

static void with_thread(void *(*work)(void *), const char *words)
{
    char text[4000];
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 2);
    pthread_barrier_init(&done, NULL, 2);
    pthread_create(&thread, NULL, work, NULL);
    pthread_barrier_wait(&ready);
    EXPECT_NUMBER(coalmine_explain((void *)(masked ^ MASK), text, sizeof text), 1);
    EXPECT(strstr(text, words));
    pthread_barrier_wait(&done);
    pthread_join(thread, NULL);
}

static void *hold_in_tls(void *unused)
{
    of_thread = malloc(31);
    masked = (uintptr_t)of_thread ^ MASK;
    forget();
    pthread_barrier_wait(&ready);
    pthread_barrier_wait(&done);
    free(of_thread);
    return unused;
}

/* A library with thread-local storage that is made when a thread first uses it. */
static void (*keep_in_library)(void *);
static char library[] = "/tmp/coalmine-tls-XXXXXX";

static void load(void)
{
    char command[256];
    EXPECT(mkstemp(library) >= 0);
    snprintf(command, sizeof command, "cc -O1 -fPIC -shared -x c - -o %s", library);
    FILE *compiler = popen(command, "w");
    fputs("static __thread char room[5000]; static __thread struct { long at; void *kept; } own;\n"
          "void keep(void *block) { room[own.at++] = 1; own.kept = block; }\n",
          compiler);
    EXPECT_NUMBER(pclose(compiler), 0);
    keep_in_library = (void (*)(void *))dlsym(dlopen(library, RTLD_NOW), "keep");
    EXPECT(keep_in_library);
}

static void *hold_in_library(void *unused)
{
    void *mine = malloc(71);
    masked = (uintptr_t)mine ^ MASK;
    keep_in_library(mine);
    mine = NULL;
    forget();
    pthread_barrier_wait(&ready);
    pthread_barrier_wait(&done);
    return unused;
}

__attribute__((noinline)) static void keep(void)
{
    lists[2] = make(make(make(NULL)));
    region = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    region[5] = malloc(50);
    masked = (uintptr_t)region[5] ^ MASK;
    forget();
}

__attribute__((noinline)) static void lose_one(void)
{
    void *p = malloc(60);
    masked = (uintptr_t)p ^ MASK;
    forget();
}

int main(void)
{
    char text[4000], little[20];
    keep();
    EXPECT_NUMBER(coalmine_explain((void *)(masked ^ MASK), text, sizeof text), 1);
    EXPECT(strstr(text, "Held by memory at 0x") && strstr(text, "-> 50-byte block"));
    EXPECT_NUMBER(coalmine_explain(lists[2]->next, text, sizeof text), 1);
    EXPECT(strstr(text, "Held by the variable lists+16 ("));
    EXPECT(strstr(text, "at its byte 8 stands a pointer") && strstr(text, "#0 make "));
    EXPECT_NUMBER(coalmine_explain(lists[2]->next, little, sizeof little), 1);
    EXPECT_NUMBER(strlen(little), sizeof little - 1);
    with_thread(hold_on_stack, ", in the frame of hold_on_stack ");
    with_thread(hold_in_tls, "Held by the thread-local variable of_thread (explained, 0x");
    load();
    with_thread(hold_in_library, "Held by the thread-local variable own+8 (coalmine-tls-");
    unlink(library);
    lose_one();
    EXPECT_NUMBER(coalmine_explain((void *)(masked ^ MASK), text, sizeof text), 0);
    EXPECT(strstr(text, "60-byte block that nothing points to") && strstr(text, "#0 lose_one "));
    EXPECT_NUMBER(coalmine_explain(text, text, sizeof text), -1);
    EXPECT(strstr(text, "in the stack of this thread"));
    EXPECT_NUMBER(coalmine_explain(NULL, NULL, 0), -1);
    EXPECT_NUMBER(coalmine_explain(lists[2], NULL, 0), 1);
    void *volatile own = malloc(80);
    EXPECT_NUMBER(coalmine_explain(own, text, sizeof text), 1);
    EXPECT(strstr(text, ", in the frame of main "));
    free(own);
    expected();
    return 0;
}
