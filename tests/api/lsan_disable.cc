// What is allocated while LeakSanitizer is disabled is no leak; pairs nest.
#include "expecting.h"
#include "lsan.h"

int main()
{
    {
        __lsan::ScopedDisabler outer;
        lose(1, 10);
        __lsan_disable();
        lose(1, 20);
        __lsan_enable();
        lose(1, 30);
    }
    lose(1, 40);
    return 0;
}
