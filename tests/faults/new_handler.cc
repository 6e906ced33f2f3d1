/* The program's new_handler gives memory back, and the request is tried again. */
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <new>

static char *reserve;
static int calls;

static void give_back()
{
    calls++;
    if (reserve == nullptr) {
        std::set_new_handler(nullptr);
        return;
    }
    delete[] reserve;
    reserve = nullptr;
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_DATA, &none);
}

int main()
{
    reserve = new char[1 << 20];
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    setrlimit(RLIMIT_DATA, &limit);
    std::set_new_handler(give_back);
    char *p = new char[200 << 20];
    p[0] = 'x';
    delete[] p;
    std::puts(calls == 1 ? "tried again" : "not asked");
    return calls == 1 ? 0 : 1;
}
