/* A library with an indirect function, whose resolver runs while the loader is still relocating,
 * and with a constructor that runs before all others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "early.h"

static int right(void)
{
    return 42;
}

static int wrong(void)
{
    return 1;
}

static int (*resolve(void))(void)
{
    return try_calls() ? right : wrong;
}

static int indirect(void) __attribute__((ifunc("resolve")));

/* Has the resolver run when this library is relocated. */
static int (*volatile const pointer)(void) = indirect;

int answer(void)
{
    return pointer();
}

char *block;

__attribute__((constructor(101))) static void construct(void)
{
    block = try_calls() ? malloc(24) : NULL;
    if (block) {
        memset(block, 'x', 24);
    }
}
