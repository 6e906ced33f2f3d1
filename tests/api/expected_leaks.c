/* Blocks allocated in an expected-leak scope, and what they lead to, are no leaks; scopes nest, and
 * are a thread's own. */
#include <coalmine/coalmine.h>
#include <pthread.h>

#include "expecting.h"

__attribute__((noinline)) static void lose_pair(void)
{
    coalmine_expect_leaks_begin();
    void *volatile *outer = malloc(sizeof(void *));
    coalmine_expect_leaks_end();
    *outer = malloc(500);
    forget();
}

static void *in_thread(void *unused)
{
    lose(1, 60);
    return unused;
}

int main(void)
{
    pthread_t thread;
    coalmine_expect_leaks_end(); /* without a beginning: nothing happens */
    coalmine_expect_leaks_begin();
    lose(1, 10);
    coalmine_expect_leaks_begin();
    lose(1, 20);
    coalmine_expect_leaks_end();
    lose(1, 30);
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    coalmine_expect_leaks_end();
    lose_pair();
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 1);
    lose(1, 40);
    EXPECT_NUMBER(coalmine_leak_check(0, NULL), 2);
    expected();
    return 0;
}
