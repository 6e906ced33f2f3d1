// Buffers of stdout, the time zone and the C++ library's pool last by design and are not shown as
// reachable; blocks of the same sizes, kept in the same way by the program, are.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>

void *buffer, *pool;
char *copy;

__attribute__((noinline)) static void keep()
{
    buffer = malloc(BUFSIZ);                                          // @buffer
    pool = malloc(73000);                                             // @pool
    copy = strdup("kept by the program, asked for by the C library"); // @copy
}

__attribute__((noinline)) static char *make_variable()
{
    char *text = static_cast<char *>(malloc(31)); // @variable
    strcpy(text, "SOME_VARIABLE=of 30 characters");
    return text;
}

static void use_libraries()
{
    time_t now = 1700000000;
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    setlocale(LC_ALL, "C.UTF-8");
    struct tm *broken_down = localtime(&now);
    std::cout << (broken_down != nullptr) << std::flush;
    putenv(make_variable()); // only the C library's list leads there
    try {
        throw 1;
    } catch (int) {
        printf(" 2\n");
    }
}

int main()
{
    keep();
    use_libraries();
    return 0;
}
