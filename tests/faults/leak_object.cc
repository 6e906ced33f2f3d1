/* A lost object and the memory of its members. */
#include <string>
#include <vector>

#include "forget.h"

struct record {
    std::vector<std::string> lines;
};

__attribute__((noinline)) static void lose()
{
    record *r = new record; /* @alloc */
    r->lines.reserve(2);
    r->lines.emplace_back(100, 'x');
    r->lines.emplace_back(200, 'y');
}

int main()
{
    lose();
    forget();
    return 0;
}
