/* The directives of a printf format as glibc reads them, one after the other: which arguments each
 * takes, and of which type. Nothing is printed and no argument is touched. */
#ifndef BASE_PRINT_FORMAT_H
#define BASE_PRINT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/format_text.h"

enum print_value {
    PRINT_NOTHING, /* %% and %m take no argument */
    PRINT_INT,     /* and what is promoted to it */
    PRINT_LONG,    /* all integers and pointers of 64 bits */
    PRINT_DOUBLE,
    PRINT_LONG_DOUBLE,
    PRINT_STRING,
    PRINT_WIDE_STRING,
    PRINT_COUNT, /* %n: where to write how much was printed */
};

/* Where a directive finds an argument, if not at a position from 1 on ("%2$s"). */
enum { ARGUMENT_NONE = -1, ARGUMENT_NEXT = 0 };

struct print_directive {
    enum print_value value;
    unsigned count_bytes; /* PRINT_COUNT: bytes written */
    int precision;        /* as the text has it; -1: none there */
    int width_argument;   /* ARGUMENT_… or a position: "*", an int */
    int precision_argument;
    int value_argument; /* ARGUMENT_NONE with PRINT_NOTHING */
};

/* The next directive of `text`, which then stands behind it. */
enum format_step print_format_next(struct format_text *text, struct print_directive *out);

#endif
