/* Leaks in several ways, each from a function of its own; "errors" releases wrongly as well. */
#include <cstdlib>
#include <cstring>

#include "forget.h"

#ifdef OWN_SUPPRESSIONS
extern "C" const char *OWN_SUPPRESSIONS(void);

extern "C" const char *OWN_SUPPRESSIONS(void)
{
    return "leak:lose_plain\nleak:not_in_this_program\n"
           "{\n cache\n Memcheck:Leak\n fun:_Znwm\n fun:_ZN3app5Cache4*\n}\n";
}
#endif

namespace app
{
struct Cache {
    Cache *next;
    char room[32];
    static Cache *make(Cache *next);
};

__attribute__((noinline)) Cache *Cache::make(Cache *next)
{
    Cache *made = new Cache;
    made->next = next;
    return made;
}
} // namespace app

__attribute__((noinline)) static void lose_plain()
{
    volatile char *p = static_cast<char *>(malloc(24));
    p[0] = 1;
}

__attribute__((noinline)) static void lose_caches()
{
    for (int i = 0; i < 5; i++) {
        app::Cache *volatile lost = app::Cache::make(app::Cache::make(nullptr));
        lost = nullptr;
    }
}

__attribute__((noinline)) static void lose_copy()
{
    char *volatile copy = strdup("hello");
    copy = nullptr;
}

__attribute__((noinline)) static void release_twice(void *volatile p)
{
    free(p);
    free(p);
}

__attribute__((noinline)) static void ask_too_much(volatile size_t size)
{
    free(malloc(size));
}

int main(int argc, char **argv)
{
    lose_plain();
    lose_caches();
    lose_copy();
    if (argc > 1 && strcmp(argv[1], "errors") == 0) {
        for (int i = 0; i < 3; i++) {
            release_twice(malloc(40));
        }
        ask_too_much(static_cast<size_t>(-10));
    }
    forget();
    return 0;
}
