/* Options that a program has for LeakSanitizer are followed; suppressions, too. */
#include "expecting.h"
#include "lsan.h"

const char *__lsan_default_options(void)
{
    return "verbosity=0 exitcode=\"7\" use_registers=1";
}

const char *__lsan_default_suppressions(void)
{
    return "leak:lose_known\n";
}

__attribute__((noinline)) void lose_known(void)
{
    *(char *)malloc(10) = 'x';
    forget();
}

int main(void)
{
    lose_known();
    lose(1, 48);
    return 0;
}
