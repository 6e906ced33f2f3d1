// Two objects own each other by std::shared_ptr.
#include <memory>

#include "forget.h"

struct part {
    std::shared_ptr<part> other;
};

__attribute__((noinline)) static void lose()
{
    auto one = std::make_shared<part>(), two = std::make_shared<part>();
    one->other = two;
    two->other = one;
}

int main()
{
    lose();
    forget();
}
