/* An ignored object is no leak, nor what it leads to. */
#include "expecting.h"
#include "lsan.h"

__attribute__((noinline)) static void lose_ignored(void)
{
    void *volatile *p = malloc(64);
    p[0] = malloc(100);
    __lsan_ignore_object(p);
    forget();
}

int main(void)
{
    lose_ignored();
    __lsan_ignore_object(NULL);
    return 0;
}
