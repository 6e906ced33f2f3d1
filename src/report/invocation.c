#include "report/invocation.h"

#include <string.h>

#include "os/own.h"

enum { ARGUMENT_BYTES_MOST = 128 * 1024 };

const char *const *invocation_copy(char *const *argv)
{
    size_t count = 0, bytes = 0;
    for (; argv && argv[count] && bytes < ARGUMENT_BYTES_MOST; count++) {
        bytes += strlen(argv[count]) + 1;
    }
    const char **copy = own_alloc((count + 1) * sizeof *copy + bytes);
    if (!copy) {
        return NULL;
    }
    char *text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = text;
        text = stpcpy(text, argv[i]) + 1;
    }
    return copy;
}

bool invocation_sets(char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (; environment && *environment; environment++) {
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') {
            return (*environment)[length + 1] != '\0';
        }
    }
    return false;
}
