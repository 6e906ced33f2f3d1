#include "tool/compile_units.h"

#include <dwarf.h>
#include <stdlib.h>

static void add_range(struct compile_units *units, const struct unit_range *range)
{
    if (units->count == units->capacity) {
        size_t capacity = units->capacity ? 2 * units->capacity : 256;
        struct unit_range *more = realloc(units->ranges, capacity * sizeof *more);
        if (!more) {
            return;
        }
        units->ranges = more;
        units->capacity = capacity;
    }
    units->ranges[units->count++] = *range;
}

static void add_unit(struct compile_units *units, Dwarf_Die *unit)
{
    Dwarf_Addr base;
    Dwarf_Addr start;
    Dwarf_Addr end;
    for (ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &start, &end)) > 0;) {
        if (start < end && start != 0) { /* code that the linker threw away is left at 0 */
            add_range(units, &(struct unit_range){start, end, dwarf_dieoffset(unit)});
        }
    }
}

static int by_start(const void *a, const void *b)
{
    const struct unit_range *left = a;
    const struct unit_range *right = b;
    return (left->start > right->start) - (left->start < right->start);
}

void compile_units_read(struct compile_units *units, Dwarf *dwarf)
{
    *units = (struct compile_units){.dwarf = dwarf};
    Dwarf_CU *at = NULL;
    Dwarf_Die unit;
    while (dwarf && dwarf_get_units(dwarf, at, &at, NULL, NULL, &unit, NULL) == 0) {
        add_unit(units, &unit);
    }
    if (units->count > 0) {
        qsort(units->ranges, units->count, sizeof *units->ranges, by_start);
    }
}

bool compile_units_find(const struct compile_units *units, Dwarf_Addr address,
                        struct compile_unit *out)
{
    size_t low = 0;
    size_t high = units->count; /* the last range that starts at or before the address */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (units->ranges[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || address >= units->ranges[low - 1].end ||
        !dwarf_offdie(units->dwarf, units->ranges[low - 1].unit, &out->lines)) {
        return false;
    }
    uint8_t kind;
    Dwarf_Die split;
    bool known = dwarf_cu_info(out->lines.cu, NULL, &kind, NULL, &split, NULL, NULL, NULL) == 0;
    bool is_split = known && kind == DW_UT_skeleton && dwarf_tag(&split) == DW_TAG_compile_unit;
    out->scopes = is_split ? split : out->lines;
    return true;
}
