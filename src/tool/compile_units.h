/* The compile units of one file by address. libdw's own index is .debug_aranges, which clang does
 * not write: this one is made from the ranges of the units themselves. */
#ifndef TOOL_COMPILE_UNITS_H
#define TOOL_COMPILE_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct unit_range {
    Dwarf_Addr start, end;
    Dwarf_Off unit; /* offset of its first entry */
};

struct compile_units {
    Dwarf *dwarf;
    struct unit_range *ranges; /* by rising start */
    size_t count, capacity;
};

/* `dwarf` may be NULL. What cannot be read is left out. */
void compile_units_read(struct compile_units *units, Dwarf *dwarf);

struct compile_unit {
    Dwarf_Die lines;  /* has the line table */
    Dwarf_Die scopes; /* has the functions: another one with split DWARF */
};

MUST_USE bool compile_units_find(const struct compile_units *units, Dwarf_Addr address,
                                 struct compile_unit *out);

#endif
