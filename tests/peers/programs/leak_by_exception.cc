// An exception passes a release by.
#include <stdexcept>

#include "forget.h"

__attribute__((noinline)) static void lose()
{
    char *block = new char[48];
    if (block) {
        throw std::runtime_error("on the way");
    }
    delete[] block;
}

int main()
{
    try {
        lose();
    } catch (const std::exception &) {
    }
    forget();
}
