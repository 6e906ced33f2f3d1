/* A string of the old ABI points to its text, behind length and capacity. */
#define _GLIBCXX_USE_CXX11_ABI 0
#include <string>

#include "forget.h"

static std::string *volatile text;

__attribute__((noinline)) static void make()
{
    text = new std::string("far too long to be kept in the object itself, where there is room");
}

int main()
{
    make();
    forget();
    return 0;
}
