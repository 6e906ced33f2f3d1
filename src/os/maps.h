/* The process's mappings, read from /proc/self/maps by system calls into memory of the caller. */
#ifndef OS_MAPS_H
#define OS_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct os_map {
    uintptr_t start, end;
    bool readable, writable, executable, shared;
    uint64_t offset, inode;
    const char *path; /* "", "[stack]", "[heap]", "/usr/lib/…"; valid during the visit */
};

/* Calls `visit` for every mapping until it returns false. False if /proc cannot be read. */
MUST_USE bool os_maps_each(bool (*visit)(void *context, const struct os_map *map), void *context);

#endif
