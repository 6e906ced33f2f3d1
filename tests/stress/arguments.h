/* What the stress programs take from the command line: --NAME VALUE, numbers all. */
#ifndef STRESS_ARGUMENTS_H
#define STRESS_ARGUMENTS_H

#include <stdbool.h>

struct argument {
    const char *name; /* "--seed"; NULL ends a list */
    unsigned long *value;
};

/* False, with a line on stderr, for an unknown name or a value that is no number. */
bool arguments_read(int argc, char **argv, const struct argument *known);

/* A seed from the clock, for runs that were not given one. */
unsigned long arguments_fresh_seed(void);

#endif
