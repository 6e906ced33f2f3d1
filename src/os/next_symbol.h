/* The definition of a function that ours stands in front of: what dlsym(RTLD_NEXT) answers, without
 * the loader's lock, without allocation, from a signal handler. Keeps errno. */
#ifndef OS_NEXT_SYMBOL_H
#define OS_NEXT_SYMBOL_H

#include <stdint.h>

/* The first definition behind our own module in the loader's list, which for what was there at the
 * start of the program is the order of its search; where none is behind, the first before. Indirect
 * functions are resolved. 0: nobody defines it. Our module must have been relocated. Calls no
 * function of the C library: it is how those are found. */
uintptr_t os_next_symbol(const char *name);

/* The same before our module was relocated, by other means, which take three system calls. */
uintptr_t os_next_symbol_early(const char *name);

#endif
