/* C++ exceptions stay with libgcc: names the library that the program's unwinder comes from, and
 * throws through C callbacks and deep recursion. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

static int compare(const void *a, const void *b)
{
    if (*static_cast<const int *>(a) == 13 || *static_cast<const int *>(b) == 13) {
        throw std::runtime_error("thirteen");
    }
    return *static_cast<const int *>(a) - *static_cast<const int *>(b);
}

static int dive(int depth)
{
    std::string held(static_cast<size_t>(depth), 'd');
    if (depth == 200) {
        throw std::logic_error(held);
    }
    return dive(depth + 1) + static_cast<int>(held.size());
}

static const char *owner_of(const char *symbol)
{
    Dl_info info;
    void *at = dlsym(RTLD_DEFAULT, symbol);
    if (at == nullptr || dladdr(at, &info) == 0) {
        return "nobody";
    }
    const char *slash = std::strrchr(info.dli_fname, '/');
    return slash == nullptr ? info.dli_fname : slash + 1;
}

int main()
{
    int caught = 0;
    for (int i = 0; i < 100; i++) {
        int numbers[] = {5, 8, 13, 2};
        try {
            std::qsort(numbers, 4, sizeof numbers[0], compare);
        } catch (const std::runtime_error &) {
            caught++;
        }
        try {
            dive(0);
        } catch (const std::logic_error &error) {
            caught += std::strlen(error.what()) == 200;
        }
    }
    std::printf("%d caught, %s, %s\n", caught, owner_of("_Unwind_RaiseException"),
                owner_of("_Unwind_Resume"));
    return 0;
}
