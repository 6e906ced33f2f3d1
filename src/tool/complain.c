#include "tool/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("coalmine: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void complain_option(void *context, const char *line)
{
    complain("%s%s", (const char *)context, line);
}

void *have_memory(void *memory)
{
    if (!memory) {
        complain("out of memory");
        exit(STATUS_FAILED);
    }
    return memory;
}

void *have_room(size_t count, size_t bytes)
{
    return have_memory(calloc(count > 0 ? count : 1, bytes));
}

char *copy_text(const char *text)
{
    return have_memory(strdup(text));
}

char *make_text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text;
    int length = vasprintf(&text, format, args);
    va_end(args);
    return have_memory(length < 0 ? NULL : text);
}
