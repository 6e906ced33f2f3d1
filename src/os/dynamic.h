/* A module's dynamic section, as the loader left it in memory. */
#ifndef OS_DYNAMIC_H
#define OS_DYNAMIC_H

#include <link.h>
#include <stdint.h>

/* The loader adds the base to the pointers of every module but the kernel's own. */
static inline const void *dynamic_pointer(const struct link_map *map, uintptr_t value)
{
    return (const void *)(value < map->l_addr ? value + map->l_addr : value);
}

#endif
