#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct argument *find(const struct argument *known, const char *name)
{
    for (; known->name; known++) {
        if (strcmp(known->name, name) == 0) {
            return known;
        }
    }
    return NULL;
}

bool arguments_read(int argc, char **argv, const struct argument *known)
{
    for (int i = 1; i < argc; i += 2) {
        const struct argument *argument = find(known, argv[i]);
        char *end = NULL;
        errno = 0;
        unsigned long value = i + 1 < argc ? strtoul(argv[i + 1], &end, 0) : 0;
        if (!argument || !end || end == argv[i + 1] || *end != '\0' || errno != 0) {
            fprintf(stderr, "%s: not understood: %s %s\n", argv[0], argv[i],
                    i + 1 < argc ? argv[i + 1] : "");
            return false;
        }
        *argument->value = value;
    }
    return true;
}

unsigned long arguments_fresh_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((unsigned long)now.tv_nsec ^ (unsigned long)now.tv_sec << 20 ^
            (unsigned long)getpid() << 40) &
           0xffffffff;
}
