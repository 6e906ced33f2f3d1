/* The loader's list of modules, found without any symbol of another module: for the time before the
 * loader has relocated ours. */
#ifndef OS_EARLY_MAP_H
#define OS_EARLY_MAP_H

#include <link.h>

/* Our own module's entry. NULL: unknown, as where /proc is not mounted. Makes three system calls,
 * calls nothing of the C library. */
const struct link_map *os_early_map(void);

#endif
