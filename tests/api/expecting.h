/* For programs that check what the library's functions answer: a line for each thing that is not
 * as it should be, and "as expected" at the end if there was none. */
#ifndef API_EXPECTING_H
#define API_EXPECTING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forget.h"

static int surprises;

#define EXPECT(fact) \
    ((fact) ? (void)0 \
            : (void)(surprises++, printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #fact)))
#define EXPECT_NUMBER(expression, wanted) \
    do { \
        long number = (long)(expression); \
        if (number != (long)(wanted)) { \
            surprises++; \
            printf("%s:%d: %s is %ld\n", __FILE__, __LINE__, #expression, number); \
        } \
    } while (0)

static inline void expected(void)
{
    if (surprises == 0) {
        printf("as expected\n");
    }
    fflush(stdout);
}

/* Loses blocks in a frame of its own, and wipes what is left of their addresses. */
static __attribute__((noinline, unused)) void lose(size_t count, size_t bytes)
{
    for (volatile size_t i = 0; i < count; i++) { /* volatile: one call, not several in a row */
        *(char *)malloc(bytes) = 'x';             /* lost here */
    }
    forget();
}

#endif
